#pragma once
// The second step of a sum over a whole tensor. There is no order among blocks, so each of them writes its sum to
// memory, and one block of a second kernel adds these in order.
#include <cstdint>

#include "kernels/cuda/grid.cuh"
#include "kernels/cuda/sums.cuh"

namespace gradus::kernels::GRADUS_CUDA {
namespace {

// One block; thread t takes the sums t, t + 256, ...: a few kB.
__global__ void __launch_bounds__(threads_per_block)
    total_kernel(const double* of_block, std::int64_t blocks, double factor, float* y) {
    double sum = 0;
    for (std::int64_t i = threadIdx.x; i < blocks; i += threads_per_block) sum += of_block[i];
    sum = block_sum<threads_per_block>(sum);
    if (threadIdx.x == 0) *y = static_cast<float>(factor * sum);
}

/// y (1) = factor times the sum of the blocks' sums.
inline void total(const double* of_block, std::int64_t blocks, double factor, float* y, Stream stream) {
    launch(total_kernel, {.threads = threads_per_block}, stream, of_block, blocks, factor, y);
}

}  // namespace
}  // namespace gradus::kernels::GRADUS_CUDA
