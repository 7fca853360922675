#pragma once
// cp.async (from sm_80), and barriers for a part of the block.
#include "kernels/cuda/ptx/arch.cuh"

#if !defined(GRADUS_CUDA_ON_CPU)
namespace gradus::kernels::GRADUS_CUDA {

/// Starts copying 16 bytes from global to shared memory, both on 16 bytes, or writes zeros (the source is then not
/// read, but must be an address). Others see it after this thread has waited and all have met at a barrier.
__device__ __forceinline__ void cp_async16(void* to, const void* from, bool there = true) {
    GRADUS_FROM_SM80(asm volatile("cp.async.cg.shared.global [%0], [%1], 16, %2;" ::"r"(shared_address(to)), "l"(from),
                                  "r"(there ? 16 : 0)
                                  : "memory"));
}
/// What this thread has started since the last call is one group; it may be empty.
__device__ __forceinline__ void cp_async_commit() {
    GRADUS_FROM_SM80(asm volatile("cp.async.commit_group;" ::: "memory"));
}
/// Waits for all groups of this thread but the newest `keep`.
template <int keep>
__device__ __forceinline__ void cp_async_wait() {
    GRADUS_FROM_SM80(asm volatile("cp.async.wait_group %0;" ::"n"(keep) : "memory"));
}

/// `threads` threads, whole warps, meet at barrier 1..15 (0 is __syncthreads); bar_arrive does not wait for the others.
__device__ __forceinline__ void bar_sync(int id, int threads) {
    asm volatile("barrier.sync %0, %1;" ::"r"(id), "r"(threads) : "memory");
}
__device__ __forceinline__ void bar_arrive(int id, int threads) {
    asm volatile("barrier.arrive %0, %1;" ::"r"(id), "r"(threads) : "memory");
}

}  // namespace gradus::kernels::GRADUS_CUDA
#endif
