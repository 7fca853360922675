#pragma once
// mbarrier (sm_90a): counts arrivals and bytes. A phase ends when none of either is missing; then the next begins.
#include "kernels/cuda/ptx/arch.cuh"

#if !defined(GRADUS_CUDA_ON_CPU)
#if defined(GRADUS_WATCHDOG)
#include <cstdio>
#endif

namespace gradus::kernels::GRADUS_CUDA {

/// Phase 0 waits for this many arrivals, and so does each that follows.
__device__ __forceinline__ void mbarrier_init(std::uint64_t* barrier, std::uint32_t arrivals) {
    GRADUS_ON_SM90A(asm volatile("mbarrier.init.shared::cta.b64 [%0], %1;" ::"r"(shared_address(barrier)), "r"(arrivals)
                                 : "memory"));
}
/// After the inits, by the thread that did them; then __syncthreads, or cluster_sync in clusters.
__device__ __forceinline__ void fence_mbarrier_init() {
    GRADUS_ON_SM90A(asm volatile("fence.mbarrier_init.release.cluster;\n fence.proxy.async.shared::cta;" ::: "memory"));
}
__device__ __forceinline__ void mbarrier_arrive(std::uint64_t* barrier) {
    GRADUS_ON_SM90A(asm volatile("mbarrier.arrive.shared::cta.b64 _, [%0];" ::"r"(shared_address(barrier)) : "memory"));
}
/// Announces bytes that TMA will bring, and arrives, in one step.
__device__ __forceinline__ void mbarrier_arrive_expect_tx(std::uint64_t* barrier, std::uint32_t bytes) {
    GRADUS_ON_SM90A(
        asm volatile("mbarrier.arrive.expect_tx.shared::cta.b64 _, [%0], %1;" ::"r"(shared_address(barrier)), "r"(bytes)
                     : "memory"));
}
/// Arrives at the same barrier of another block of the cluster.
__device__ __forceinline__ void mbarrier_arrive_cluster(std::uint64_t* barrier, std::uint32_t rank) {
    GRADUS_ON_SM90A(
        asm volatile("{\n .reg .b32 r;\n mapa.shared::cluster.u32 r, %0, %1;\n"
                     " mbarrier.arrive.shared::cluster.b64 _, [r];\n}" ::"r"(shared_address(barrier)),
                     "r"(rank)
                     : "memory"));
}

/// Returns once the phase of this parity has ended. On a fresh barrier parity 1 returns at once: how a producer starts.
/// With GRADUS_WATCHDOG, a number of clock cycles, a wait that lasts longer is reported and trapped.
__device__ __forceinline__ void mbarrier_wait(std::uint64_t* barrier, std::uint32_t parity) {
#if GRADUS_HAS_SM90A && defined(GRADUS_WATCHDOG)
    for (const long long start = clock64();;) {
        std::uint32_t done;
        asm volatile(
            "{\n .reg .pred p;\n mbarrier.try_wait.parity.shared::cta.b64 p, [%1], %2;\n selp.b32 %0, 1, 0, p;\n}"
            : "=r"(done)
            : "r"(shared_address(barrier)), "r"(parity)
            : "memory");
        if (done) return;
        if (clock64() - start > GRADUS_WATCHDOG) {
            printf("block %u,%u thread %u: the mbarrier at %u never ends its phase of parity %u\n", blockIdx.x,
                   blockIdx.y, threadIdx.x, shared_address(barrier), parity);
            __trap();
        }
    }
#else
    GRADUS_ON_SM90A(
        asm volatile("{\n .reg .pred p;\n W: mbarrier.try_wait.parity.shared::cta.b64 p, [%0], %1;\n"
                     " @p bra D;\n bra W;\n D:\n}" ::"r"(shared_address(barrier)),
                     "r"(parity)
                     : "memory"));
#endif
}

}  // namespace gradus::kernels::GRADUS_CUDA
#endif
