#include "kernels/cross_entropy.h"
#include "kernels/cuda/row_sums.cuh"

namespace gradus::kernels::GRADUS_CUDA {
namespace {

/// A NaN, for rows whose label is no class.
__device__ __forceinline__ double not_a_number() { return static_cast<double>(__uint_as_float(0x7fc00000u)); }

// One block for all rows, one after the other: the loss is one number, added in the order of the rows. Traffic: reads x
// twice, the second time from L1; 4 bytes and about 3 flops per logit. Meant for the few rows of a classifier, where
// the start of the kernel takes longer.
__global__ void __launch_bounds__(threads_per_row)
    cross_entropy_kernel(Pixels<const float> x, const std::int32_t* labels, float* loss, std::int64_t rows,
                         std::int64_t classes) {
    double sum = 0;
    for (std::int64_t row = 0; row < rows; ++row) {
        const RowSum all = row_sum(x[row], classes);
        const std::int32_t label = labels[row];
        const bool there = label >= 0 && label < classes;
        sum += there ? static_cast<double>(all.largest) + log(all.sum) - static_cast<double>(x[row][label])
                     : not_a_number();
    }
    if (threadIdx.x == 0) *loss = static_cast<float>(sum / static_cast<double>(rows));
}

// One block per row, in a block-stride loop. Traffic: reads x three times, twice of them from L1, writes dx, and reads
// it first to accumulate: 8 or 12 bytes per logit for 4 flops. Bound by memory.
template <bool accumulate>
__global__ void __launch_bounds__(threads_per_row)
    cross_entropy_backward_kernel(Pixels<const float> x, const std::int32_t* labels, const float* d, Pixels<float> dx,
                                  std::int64_t rows, std::int64_t classes) {
    for (std::int64_t row = blockIdx.x; row < rows; row += gridDim.x) {
        const RowSum all = row_sum(x[row], classes);
        const std::int32_t label = labels[row];
        const bool there = label >= 0 && label < classes;
        const double sum = there ? all.sum : not_a_number(),
                     share = static_cast<double>(*d) / static_cast<double>(rows);
        for (std::int64_t k = threadIdx.x; k < classes; k += threads_per_row) {
            // In f64: of a certain answer, the probability and 1 nearly cancel.
            const double probability = static_cast<double>(expf(x[row][k] - all.largest)) / sum;
            const float kept = accumulate ? dx[row][k] : 0.0f;
            dx[row][k] = kept + static_cast<float>(share * (probability - (k == label ? 1.0 : 0.0)));
        }
    }
}

}  // namespace

void cross_entropy(Pixels<const float> x, const std::int32_t* labels, float* loss, std::int64_t rows,
                   std::int64_t classes, Stream stream) {
    launch(cross_entropy_kernel, {.blocks = 1, .threads = threads_per_row}, stream, x, labels, loss, rows, classes);
}

void cross_entropy_backward(Pixels<const float> x, const std::int32_t* labels, const float* d, Pixels<float> dx,
                            std::int64_t rows, std::int64_t classes, Write write, Stream stream) {
    const auto kernel =
        write == Write::accumulate ? cross_entropy_backward_kernel<true> : cross_entropy_backward_kernel<false>;
    launch(kernel, {.blocks = blocks_for_rows(rows), .threads = threads_per_row}, stream, x, labels, d, dx, rows,
           classes);
}

}  // namespace gradus::kernels::GRADUS_CUDA
