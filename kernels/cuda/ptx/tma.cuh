#pragma once
// TMA (sm_90a): boxes of a tensor to and from shared memory, by one thread, and the fence before it reads what threads
// wrote. Tiles start on 128 bytes, swizzled ones on eight times the span.
#include "kernels/cuda/ptx/tensor_map.cuh"

#if !defined(GRADUS_CUDA_ON_CPU)
namespace gradus::kernels::GRADUS_CUDA {

/// Loads the box whose first corner is (c0, c1, c2, c3), innermost first, zeros outside the tensor. The barrier gets
/// the bytes of the full box.
__device__ __forceinline__ void tma_load_4d(void* to, const TensorMap* map, std::uint64_t* barrier, int c0, int c1,
                                            int c2, int c3) {
    GRADUS_ON_SM90A(
        asm volatile("cp.async.bulk.tensor.4d.shared::cluster.global.tile.mbarrier::complete_tx::bytes "
                     "[%0], [%1, {%3,%4,%5,%6}], [%2];" ::"r"(shared_address(to)),
                     "l"(map), "r"(shared_address(barrier)), "r"(c0), "r"(c1), "r"(c2), "r"(c3)
                     : "memory"));
}
/// The same into every block of the cluster whose bit is set, at the same place; each of them expects its own bytes.
__device__ __forceinline__ void tma_load_4d_multicast(void* to, const TensorMap* map, std::uint64_t* barrier,
                                                      std::uint16_t blocks, int c0, int c1, int c2, int c3) {
    GRADUS_ON_SM90A(
        asm volatile("cp.async.bulk.tensor.4d.shared::cluster.global.tile.mbarrier::complete_tx::bytes"
                     ".multicast::cluster [%0], [%1, {%3,%4,%5,%6}], [%2], %7;" ::"r"(shared_address(to)),
                     "l"(map), "r"(shared_address(barrier)), "r"(c0), "r"(c1), "r"(c2), "r"(c3), "h"(blocks)
                     : "memory"));
}
/// Writes a box; what lies outside the tensor is left out.
__device__ __forceinline__ void tma_store_4d(const TensorMap* map, const void* from, int c0, int c1, int c2, int c3) {
    GRADUS_ON_SM90A(
        asm volatile("cp.async.bulk.tensor.4d.global.shared::cta.tile.bulk_group [%0, {%2,%3,%4,%5}], [%1];" ::"l"(map),
                     "r"(shared_address(from)), "r"(c0), "r"(c1), "r"(c2), "r"(c3)
                     : "memory"));
}
/// This thread's stores since the last call are one group.
__device__ __forceinline__ void bulk_commit() {
    GRADUS_ON_SM90A(asm volatile("cp.async.bulk.commit_group;" ::: "memory"));
}
/// Of all groups but the newest `keep`: shared memory may be written again. A thread must have waited before it ends.
template <int keep>
__device__ __forceinline__ void bulk_wait_read() {
    GRADUS_ON_SM90A(asm volatile("cp.async.bulk.wait_group.read %0;" ::"n"(keep) : "memory"));
}
/// And the tensor is written.
template <int keep>
__device__ __forceinline__ void bulk_wait() {
    GRADUS_ON_SM90A(asm volatile("cp.async.bulk.wait_group %0;" ::"n"(keep) : "memory"));
}
/// By each thread that wrote shared memory, after its stores and before the barrier after which TMA or wgmma read them.
__device__ __forceinline__ void fence_proxy_async() {
    GRADUS_ON_SM90A(asm volatile("fence.proxy.async.shared::cta;" ::: "memory"));
}

}  // namespace gradus::kernels::GRADUS_CUDA
#endif
