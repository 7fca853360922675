// Stands in for NCCL: two processes on the host's memory, of which the other one has three times what this one has.
// What goes wrong is named by GRADUS_FAKE_NCCL.
#include <cstdlib>
#include <cstring>
#include <string>

#include "tools/parallel/nccl_functions.h"

namespace gradus {

struct NcclCommBody {
    int open = 0;
};

namespace {

bool asked_for(const char* what) {
    const char* text = std::getenv("GRADUS_FAKE_NCCL");
    return text != nullptr && std::string(text) == what;
}

template <class T>
void mean(const void* from, void* to, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) static_cast<T*>(to)[i] = 2 * static_cast<const T*>(from)[i];
}

}  // namespace

extern "C" {

NcclResult ncclGetVersion(int* version) {
    *version = asked_for("an old version") ? 2708 : 22105;
    return NcclResult::success;
}
const char* ncclGetErrorString(NcclResult) { return "FAKE_NCCL_FAILED"; }
NcclResult ncclGetUniqueId(NcclId* id) {
    std::strcpy(id->bytes, "here");
    return NcclResult::success;
}
NcclResult ncclCommInitRank(NcclComm* comm, int processes, NcclId, int rank) {
    static NcclCommBody only;
    *comm = &only;
    return asked_for("no start") || processes != 2 || rank != 1 ? NcclResult{5} : NcclResult::success;
}
NcclResult ncclCommDestroy(NcclComm) { return NcclResult::success; }
NcclResult ncclCommAbort(NcclComm) { return NcclResult::success; }
NcclResult ncclAllReduce(const void* from, void* to, std::size_t count, NcclType type, NcclOperation operation,
                         NcclComm, void*) {
    if (asked_for("no sum") || operation != NcclOperation::mean) return NcclResult{6};
    if (type == NcclType::f32)
        mean<float>(from, to, count);
    else
        mean<double>(from, to, count);
    return NcclResult::success;
}

}  // extern "C"

}  // namespace gradus
