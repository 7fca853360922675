#include "kernels/cross_entropy.h"
#include "kernels/cuda/row_sums.cuh"
#include "kernels/cuda/totals.cuh"

namespace gradus::kernels::GRADUS_CUDA {
namespace {

/// A NaN, for rows whose label is no class.
__device__ __forceinline__ double not_a_number() { return static_cast<double>(__uint_as_float(0x7fc00000u)); }

// One block per row, in a block-stride loop; totals.cuh adds the rows' losses in order. Traffic: reads x twice, the
// second time from L1, three times with smoothing; 4 bytes and about 3 flops per logit. Bound by memory.
template <int n>
__global__ void __launch_bounds__(threads_per_row, 4)
    cross_entropy_kernel(Pixels<const float> x, const std::int32_t* labels, double* of_row, std::int64_t rows,
                         std::int64_t classes, double smoothing) {
    for (std::int64_t row = blockIdx.x; row < rows; row += gridDim.x) {
        const RowSum all = row_sum<n>(x[row], classes);
        const std::int32_t label = labels[row];
        const bool there = label >= 0 && label < classes;
        double others = 0;
        if (smoothing != 0) {
            for (std::int64_t k = threadIdx.x; k < classes; k += threads_per_row)
                others += static_cast<double>(x[row][k]);
            others = block_sum<threads_per_row>(others) * smoothing / static_cast<double>(classes);
        }
        if (threadIdx.x == 0)
            of_row[row] = there ? static_cast<double>(all.largest) + log(all.sum) -
                                      (1 - smoothing) * static_cast<double>(x[row][label]) - others
                                : not_a_number();
    }
}

// One block per row, in a block-stride loop. Traffic: reads x three times, twice of them from L1, writes dx, and reads
// it first to accumulate: 8 or 12 bytes per logit for 4 flops. Bound by memory.
template <int n>
__global__ void __launch_bounds__(threads_per_row, 4)
    cross_entropy_backward_kernel(Pixels<const float> x, const std::int32_t* labels, const float* d, Pixels<float> dx,
                                  std::int64_t rows, std::int64_t classes, double smoothing, bool accumulate) {
    for (std::int64_t row = blockIdx.x; row < rows; row += gridDim.x) {
        const RowSum all = row_sum<n>(x[row], classes);
        const std::int32_t label = labels[row];
        const bool there = label >= 0 && label < classes;
        // In f64: of a certain answer, the probability and 1 nearly cancel.
        const double share = static_cast<double>(*d) / static_cast<double>(rows),
                     by = 1.0 / (there ? all.sum : not_a_number()), other = smoothing / static_cast<double>(classes);
        for (std::int64_t k = threadIdx.x * n; k < classes; k += threads_per_row * n) {
            const Values<float, n> v = load<n>(x[row] + k);
            Values<float, n> sum = {};
            if (accumulate) sum = load<n>(static_cast<const float*>(dx[row] + k));
#pragma unroll
            for (int j = 0; j < n; ++j) {
                const double probability = static_cast<double>(expf(v.at[j] - all.largest)) * by;
                sum.at[j] +=
                    static_cast<float>(share * (probability - (k + j == label ? 1 - smoothing + other : other)));
            }
            store<n>(dx[row] + k, sum);
        }
    }
}

}  // namespace

void cross_entropy(Pixels<const float> x, const std::int32_t* labels, float* loss, std::int64_t rows,
                   std::int64_t classes, double smoothing, std::byte* scratch, Stream stream) {
    auto* of_row = reinterpret_cast<double*>(scratch);
    launch(vectors_fit(x, classes) ? cross_entropy_kernel<4> : cross_entropy_kernel<1>,
           {.blocks = blocks_for_rows(rows), .threads = threads_per_row}, stream, x, labels, of_row, rows, classes,
           smoothing);
    total(of_row, rows, 1.0 / static_cast<double>(rows), loss, stream);
}

void cross_entropy_backward(Pixels<const float> x, const std::int32_t* labels, const float* d, Pixels<float> dx,
                            std::int64_t rows, std::int64_t classes, double smoothing, Write write, Stream stream) {
    const bool vectors = vectors_fit(x, classes) && vectors_fit(dx, classes);
    launch(vectors ? cross_entropy_backward_kernel<4> : cross_entropy_backward_kernel<1>,
           {.blocks = blocks_for_rows(rows), .threads = threads_per_row}, stream, x, labels, d, dx, rows, classes,
           smoothing, write == Write::accumulate);
}

}  // namespace gradus::kernels::GRADUS_CUDA
