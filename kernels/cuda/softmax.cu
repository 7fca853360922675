#include "kernels/cuda/row_sums.cuh"
#include "kernels/softmax.h"

namespace gradus::kernels::GRADUS_CUDA {
namespace {

// One block per row, in a block-stride loop; thread i takes classes i, i + 256, ... Traffic: reads x three times, twice
// of them from L1 (a row of 1000 classes is 4 KB), writes y: 8 bytes per value for about 6 flops and 2 exponentials.
// Bound by memory, and for the few rows of a classifier by the start of the kernel.
__global__ void __launch_bounds__(threads_per_row)
    softmax_kernel(Pixels<const float> x, Pixels<float> y, std::int64_t rows, std::int64_t classes) {
    for (std::int64_t row = blockIdx.x; row < rows; row += gridDim.x) {
        const RowSum all = row_sum(x[row], classes);
        const auto sum = static_cast<float>(all.sum);
        for (std::int64_t k = threadIdx.x; k < classes; k += threads_per_row)
            y[row][k] = expf(x[row][k] - all.largest) / sum;
    }
}

// The same threads. Traffic: reads y and dy twice (the second time from L1), writes dx, and reads it first to
// accumulate: 12 or 16 bytes per value for 4 flops. Bound by memory.
template <bool accumulate>
__global__ void __launch_bounds__(threads_per_row)
    softmax_backward_kernel(Pixels<const float> y, Pixels<const float> dy, Pixels<float> dx, std::int64_t rows,
                            std::int64_t classes) {
    for (std::int64_t row = blockIdx.x; row < rows; row += gridDim.x) {
        double part = 0;  // of the mean of dy, weighted by y
        for (std::int64_t k = threadIdx.x; k < classes; k += threads_per_row)
            part += static_cast<double>(dy[row][k]) * static_cast<double>(y[row][k]);
        const double mean = block_sum<threads_per_row>(part);
        for (std::int64_t k = threadIdx.x; k < classes; k += threads_per_row) {
            const auto slope = static_cast<float>(static_cast<double>(dy[row][k]) - mean);
            const float kept = accumulate ? dx[row][k] : 0.0f;
            dx[row][k] = fmaf(y[row][k], slope, kept);
        }
    }
}

}  // namespace

void softmax(Pixels<const float> x, Pixels<float> y, std::int64_t rows, std::int64_t classes, Stream stream) {
    launch(softmax_kernel, {.blocks = blocks_for_rows(rows), .threads = threads_per_row}, stream, x, y, rows, classes);
}

void softmax_backward(Pixels<const float> y, Pixels<const float> dy, Pixels<float> dx, std::int64_t rows,
                      std::int64_t classes, Write write, Stream stream) {
    const auto kernel = write == Write::accumulate ? softmax_backward_kernel<true> : softmax_backward_kernel<false>;
    launch(kernel, {.blocks = blocks_for_rows(rows), .threads = threads_per_row}, stream, y, dy, dx, rows, classes);
}

}  // namespace gradus::kernels::GRADUS_CUDA
