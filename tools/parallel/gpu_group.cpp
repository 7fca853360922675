#include "tools/parallel/gpu_group.h"

#include <array>
#include <exception>

#include "engine/require.h"
#include "kernels/vendor/library.h"
#include "tools/parallel/group.h"

namespace gradus {
namespace {

void check(const LoadedNccl& library, NcclResult result, const char* what) {
    require(result == NcclResult::success, "the GPUs of this run cannot {}: NCCL says \"{}\"", what,
            library.call.ncclGetErrorString(result));
}

}  // namespace

LoadedNccl load_nccl(std::span<const char* const> names) {
    kernels::vendor::Library library(names);
    LoadedNccl loaded;
#define GRADUS_FIND(result, name, parameters) \
    loaded.call.name = reinterpret_cast<result(*) parameters>(library.find(#name));
    GRADUS_NCCL_FUNCTIONS(GRADUS_FIND)
#undef GRADUS_FIND
    loaded.why_not = library.why_not();
    int version = 0;
    if (!loaded.why_not.empty() || loaded.call.ncclGetVersion(&version) != NcclResult::success) return loaded;
    const int scale = version < 10000 ? 1000 : 10000;  // 2708 is 2.7.8, 21000 is 2.10
    loaded.version = fmt::format("{}, {}.{}.{}", library.name(), version / scale, version % scale / 100, version % 100);
    if (version < 21000) loaded.why_not = loaded.version + " is older than 2.10";
    return loaded;
}

const LoadedNccl& nccl() {
    static constexpr std::array names = {"libnccl.so.2"};
    static const auto& loaded = *new LoadedNccl(load_nccl(names));
    return loaded;
}

GpuGroup::GpuGroup(const Group& group, const LoadedNccl& library) : library_(library) {
    require(library.why_not.empty(), "the GPUs of this run cannot meet: {}", library.why_not);
    NcclId id = {};
    if (group.rank() == 0) check(library_, library_.call.ncclGetUniqueId(&id), "meet");
    group.broadcast(&id, sizeof(id));
    check(library_, library_.call.ncclCommInitRank(&comm_, group.size(), id, group.rank()), "meet");
}

GpuGroup::~GpuGroup() {
    // To part in order, NCCL may wait for the others; where this process ends by an error, they wait for it elsewhere.
    if (std::uncaught_exceptions() > 0)
        library_.call.ncclCommAbort(comm_);
    else
        library_.call.ncclCommDestroy(comm_);
}

void GpuGroup::mean(const void* x, void* y, std::int64_t n, NcclType type, void* stream) const {
    check(library_,
          library_.call.ncclAllReduce(x, y, static_cast<std::size_t>(n), type, NcclOperation::mean, comm_, stream),
          "add up");
}
void GpuGroup::mean(const float* x, float* y, std::int64_t n, void* stream) const {
    mean(x, y, n, NcclType::f32, stream);
}
void GpuGroup::mean(const double* x, double* y, std::int64_t n, void* stream) const {
    mean(x, y, n, NcclType::f64, stream);
}

}  // namespace gradus
