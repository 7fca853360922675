#include "kernels/cuda/row_sums.cuh"
#include "kernels/softmax.h"

namespace gradus::kernels::GRADUS_CUDA {
namespace {

// One block per row, in a block-stride loop; thread i takes the pieces i, i + 256, ... of n classes, 4 or 1. Traffic:
// reads x three times, twice of them from L1 (a row of 1000 classes is 4 KB), writes y: 8 bytes per value for about 6
// flops and 2 exponentials. Bound by memory, and for the few rows of a classifier by the start of the kernel.
template <int n>
__global__ void __launch_bounds__(threads_per_row, 4)
    softmax_kernel(Pixels<const float> x, Pixels<float> y, std::int64_t rows, std::int64_t classes) {
    for (std::int64_t row = blockIdx.x; row < rows; row += gridDim.x) {
        const RowSum all = row_sum<n>(x[row], classes);
        const auto sum = static_cast<float>(all.sum);
        for (std::int64_t k = threadIdx.x * n; k < classes; k += threads_per_row * n) {
            Values<float, n> v = load<n>(x[row] + k);
#pragma unroll
            for (int j = 0; j < n; ++j) v.at[j] = expf(v.at[j] - all.largest) / sum;
            store<n>(y[row] + k, v);
        }
    }
}

// The same threads. Traffic: reads y and dy twice (the second time from L1), writes dx, and reads it first to
// accumulate: 12 or 16 bytes per value for 4 flops. Bound by memory.
template <int n>
__global__ void __launch_bounds__(threads_per_row, 4)
    softmax_backward_kernel(Pixels<const float> y, Pixels<const float> dy, Pixels<float> dx, std::int64_t rows,
                            std::int64_t classes, bool accumulate) {
    for (std::int64_t row = blockIdx.x; row < rows; row += gridDim.x) {
        double part = 0;  // of the mean of dy, weighted by y
        for (std::int64_t k = threadIdx.x * n; k < classes; k += threads_per_row * n) {
            const Values<float, n> at = load<n>(y[row] + k), g = load<n>(dy[row] + k);
#pragma unroll
            for (int j = 0; j < n; ++j) part += static_cast<double>(g.at[j]) * static_cast<double>(at.at[j]);
        }
        const double mean = block_sum<threads_per_row>(part);
        for (std::int64_t k = threadIdx.x * n; k < classes; k += threads_per_row * n) {
            const Values<float, n> at = load<n>(y[row] + k), g = load<n>(dy[row] + k);
            Values<float, n> sum = {};
            if (accumulate) sum = load<n>(static_cast<const float*>(dx[row] + k));
#pragma unroll
            for (int j = 0; j < n; ++j)
                sum.at[j] = fmaf(at.at[j], static_cast<float>(static_cast<double>(g.at[j]) - mean), sum.at[j]);
            store<n>(dx[row] + k, sum);
        }
    }
}

}  // namespace

void softmax(Pixels<const float> x, Pixels<float> y, std::int64_t rows, std::int64_t classes, Stream stream) {
    const auto kernel = vectors_fit(x, classes) && vectors_fit(y, classes) ? softmax_kernel<4> : softmax_kernel<1>;
    launch(kernel, {.blocks = blocks_for_rows(rows), .threads = threads_per_row}, stream, x, y, rows, classes);
}

void softmax_backward(Pixels<const float> y, Pixels<const float> dy, Pixels<float> dx, std::int64_t rows,
                      std::int64_t classes, Write write, Stream stream) {
    const bool vectors = vectors_fit(y, classes) && vectors_fit(dy, classes) && vectors_fit(dx, classes);
    launch(vectors ? softmax_backward_kernel<4> : softmax_backward_kernel<1>,
           {.blocks = blocks_for_rows(rows), .threads = threads_per_row}, stream, y, dy, dx, rows, classes,
           write == Write::accumulate);
}

}  // namespace gradus::kernels::GRADUS_CUDA
