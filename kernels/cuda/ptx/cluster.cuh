#pragma once
// Blocks that run together (sm_90a), and registers that move between warpgroups.
#include "kernels/cuda/ptx/arch.cuh"

#if !defined(GRADUS_CUDA_ON_CPU)
namespace gradus::kernels::GRADUS_CUDA {

/// Which block of its cluster this is.
__device__ __forceinline__ std::uint32_t cluster_rank() {
    std::uint32_t r = 0;
    GRADUS_ON_SM90A(asm volatile("mov.u32 %0, %%cluster_ctarank;" : "=r"(r)));
    return r;
}
/// All threads of the cluster meet: before the first access to another block, and before any block may end.
__device__ __forceinline__ void cluster_sync() {
    GRADUS_ON_SM90A(asm volatile("barrier.cluster.arrive.release;\n barrier.cluster.wait.acquire;" ::: "memory"));
}
/// A whole warpgroup asks for n registers per thread, and waits until others gave them back; or gives some back. The
/// block has what its launch allocated.
template <int n>
__device__ __forceinline__ void setmaxnreg_inc() {
    GRADUS_ON_SM90A(asm volatile("setmaxnreg.inc.sync.aligned.u32 %0;" ::"n"(n)));
}
template <int n>
__device__ __forceinline__ void setmaxnreg_dec() {
    GRADUS_ON_SM90A(asm volatile("setmaxnreg.dec.sync.aligned.u32 %0;" ::"n"(n)));
}

}  // namespace gradus::kernels::GRADUS_CUDA
#endif
