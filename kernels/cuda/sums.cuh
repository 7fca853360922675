#pragma once
// Sums and maxima over the threads of a block, always in the same order: the same bytes every time.
#include "kernels/cuda/launch.cuh"

namespace gradus::kernels::GRADUS_CUDA {
namespace {

// Every lane gets the sum over its warp. Each step adds the same two partial sums in both lanes, so all lanes agree.
template <class T>
__device__ __forceinline__ T warp_sum(T v) {
#pragma unroll
    for (int step = 16; step > 0; step /= 2) v += __shfl_xor_sync(0xffffffffu, v, step);
    return v;
}

template <class T>
__device__ __forceinline__ T warp_max(T v) {
#pragma unroll
    for (int step = 16; step > 0; step /= 2) {
        const T other = __shfl_xor_sync(0xffffffffu, v, step);
        v = other > v ? other : v;
    }
    return v;
}

/// Every thread gets the sum of v over the block: over each warp, then over the warps in their order. T is float or
/// double; sums over many pixels are double, as in the CPU's kernels. All threads of the block must call it; a block is
/// whole warps, along x, and may call it again at once.
template <int threads, class T>
__device__ __forceinline__ T block_sum(T v) {
    static_assert(threads % 32 == 0 && threads <= 1024, "whole warps");
    GRADUS_SHARED(T, of_warp, [threads / 32]);
    v = warp_sum(v);
    __syncthreads();  // an earlier call may still be reading
    if (threadIdx.x % 32 == 0) of_warp[threadIdx.x / 32] = v;
    __syncthreads();
    T sum = of_warp[0];
#pragma unroll
    for (int i = 1; i < threads / 32; ++i) sum += of_warp[i];
    return sum;
}

/// The same for the largest.
template <int threads, class T>
__device__ __forceinline__ T block_max(T v) {
    static_assert(threads % 32 == 0 && threads <= 1024, "whole warps");
    GRADUS_SHARED(T, of_warp, [threads / 32]);
    v = warp_max(v);
    __syncthreads();
    if (threadIdx.x % 32 == 0) of_warp[threadIdx.x / 32] = v;
    __syncthreads();
    T most = of_warp[0];
#pragma unroll
    for (int i = 1; i < threads / 32; ++i) most = of_warp[i] > most ? of_warp[i] : most;
    return most;
}

}  // namespace
}  // namespace gradus::kernels::GRADUS_CUDA
