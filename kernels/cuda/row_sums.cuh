#pragma once
// The sum of exp(x - m) over a row, by a block: what softmax and cross-entropy are made of.
#include "kernels/cuda/sums.cuh"
#include "kernels/cuda/vector.cuh"

namespace gradus::kernels::GRADUS_CUDA {
namespace {

constexpr int threads_per_row = 256;

/// The largest x of a row, and the sum of exp(x - largest); every thread of the block gets both. A NaN in the row makes
/// the sum NaN.
struct RowSum {
    float largest;
    double sum;
};

/// x holds whole pieces of n values.
template <int n>
__device__ __forceinline__ RowSum row_sum(const float* x, std::int64_t classes) {
    float most = x[0];
    for (std::int64_t k = threadIdx.x * n; k < classes; k += threads_per_row * n) {
        const Values<float, n> v = load<n>(x + k);
#pragma unroll
        for (int j = 0; j < n; ++j) most = v.at[j] > most ? v.at[j] : most;
    }
    const float largest = block_max<threads_per_row>(most);
    double sum = 0;
    for (std::int64_t k = threadIdx.x * n; k < classes; k += threads_per_row * n) {
        const Values<float, n> v = load<n>(x + k);
#pragma unroll
        for (int j = 0; j < n; ++j) sum += static_cast<double>(expf(v.at[j] - largest));
    }
    return {largest, block_sum<threads_per_row>(sum)};
}

/// Blocks for so many rows, one per row and turn.
inline unsigned blocks_for_rows(std::int64_t rows) {
    return static_cast<unsigned>(rows < 1 ? 1 : rows > 4096 ? 4096 : rows);
}

}  // namespace
}  // namespace gradus::kernels::GRADUS_CUDA
