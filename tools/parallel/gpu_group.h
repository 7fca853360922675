#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "tools/parallel/nccl_functions.h"

namespace gradus {

class Group;

/// NCCL's functions, all of them, or the reason why they cannot be used.
struct LoadedNccl {
    Nccl call = {};
    std::string version;  // "libnccl.so.2, 2.21.5", where it can be used
    std::string why_not;  // else "libnccl.so.2 is not on this machine"
};

/// The first of these names that is found. For tests; gradus itself wants the one below.
LoadedNccl load_nccl(std::span<const char* const> names);

/// The library of this machine, looked for at the first call.
const LoadedNccl& nccl();

/// The same processes, each with a GPU of its own, which exchange what lies there without a way over the host. All of a
/// group make it together, with their GPU current.
///
/// throws    when NCCL does not start: two processes with one GPU, say
class GpuGroup {
public:
    GpuGroup(const Group& group, const LoadedNccl& library);
    ~GpuGroup();
    GpuGroup(const GpuGroup&) = delete;
    GpuGroup& operator=(const GpuGroup&) = delete;

    /// Queues in a CUDA stream: y[i] = the mean of x[i] over all processes, the same bytes everywhere; y may be x.
    void mean(const float* x, float* y, std::int64_t n, void* stream) const;
    void mean(const double* x, double* y, std::int64_t n, void* stream) const;

private:
    void mean(const void* x, void* y, std::int64_t n, NcclType type, void* stream) const;
    const LoadedNccl& library_;
    NcclComm comm_ = nullptr;
};

}  // namespace gradus
