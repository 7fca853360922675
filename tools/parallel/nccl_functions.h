#pragma once
#include <cstddef>

// What gradus calls of NCCL 2.10 and later: facts of its binary interface, in our own words, since nobody should need
// its headers. tests/tools/nccl_test.cpp holds them against those headers where they are.
namespace gradus {

using NcclComm = struct NcclCommBody*;  // a pointer to what only NCCL can look into

/// What the first process makes and gives to the others, so that they find each other.
struct NcclId {
    char bytes[128];
};

// Its enumerations, which C passes as int.
enum class NcclResult : int { success = 0 };
enum class NcclType : int { f32 = 7, f64 = 8 };
enum class NcclOperation : int { mean = 4 };

/// F(result, name, parameters) for each function; `stream` is a cudaStream_t.
#define GRADUS_NCCL_FUNCTIONS(F)                                                  \
    F(NcclResult, ncclGetVersion, (int*))                                         \
    F(const char*, ncclGetErrorString, (NcclResult))                              \
    F(NcclResult, ncclGetUniqueId, (NcclId*))                                     \
    F(NcclResult, ncclCommInitRank, (NcclComm*, int processes, NcclId, int rank)) \
    F(NcclResult, ncclCommDestroy, (NcclComm))                                    \
    F(NcclResult, ncclCommAbort, (NcclComm))                                      \
    F(NcclResult, ncclAllReduce,                                                  \
      (const void* from, void* to, std::size_t count, NcclType, NcclOperation, NcclComm, void* stream))

/// The functions themselves, null until they are loaded.
struct Nccl {
#define GRADUS_POINTER(result, name, parameters) result(*name) parameters = nullptr;
    GRADUS_NCCL_FUNCTIONS(GRADUS_POINTER)
#undef GRADUS_POINTER
};

}  // namespace gradus
