#include "kernels/cuda/fours.cuh"
#include "kernels/cuda/sums.cuh"
#include "kernels/normalized_ascent_step.h"

// There is no order among blocks: each sums its share of |g| or g^2 in double, one block adds these and makes the rate
// out of them, and the update reads that. The shares follow from n alone, so every run gives the same bytes.
namespace gradus::kernels::GRADUS_CUDA {
namespace {

// One thread per four values, in a grid-stride loop. Traffic: reads g once, 4 bytes per value for 1 or 2 flops in
// double. Bound by memory.
template <bool aligned>
__global__ void __launch_bounds__(threads_per_block)
    norm_sums_kernel(const float* g, std::int64_t n, bool absolute, double* of_block) {
    double sum = 0;
    for (auto i = 4 * first_element(); i < n; i += 4 * grid_stride()) {
        const Four slope = load_four<aligned>(g, i, n);
#pragma unroll
        for (int k = 0; k < 4; ++k) {
            const auto v = static_cast<double>(slope.at[k]);
            sum += absolute ? fabs(v) : v * v;
        }
    }
    sum = block_sum<threads_per_block>(sum);
    if (threadIdx.x == 0) of_block[blockIdx.x] = sum;
}

// One block; thread t takes the sums t, t + 256, ...: a few kB.
__global__ void __launch_bounds__(threads_per_block)
    normalized_rate_kernel(const double* of_block, std::int64_t blocks, std::int64_t n, bool absolute, double eps,
                           const float* rate, float* normalized) {
    double sum = 0;
    for (std::int64_t i = threadIdx.x; i < blocks; i += threads_per_block) sum += of_block[i];
    const double mean = block_sum<threads_per_block>(sum) / static_cast<double>(n);
    const double norm = absolute ? mean : sqrt(mean);
    if (threadIdx.x == 0) *normalized = static_cast<float>(static_cast<double>(*rate) / (norm + eps));
}

// One thread per four values, in a grid-stride loop. Traffic: reads x and g, writes x, 12 bytes per value for 2 flops.
// Bound by memory.
template <bool aligned>
__global__ void __launch_bounds__(threads_per_block)
    ascent_step_kernel(float* x, const float* g, const float* rate, std::int64_t n, float lo, float hi) {
    const float by = *rate;
    for (auto i = 4 * first_element(); i < n; i += 4 * grid_stride()) {
        Four at = load_four<aligned>(x, i, n);
        const Four slope = load_four<aligned>(g, i, n);
#pragma unroll
        for (int k = 0; k < 4; ++k) at.at[k] = in_box(at.at[k] + by * slope.at[k], lo, hi);
        store_four<aligned>(x, at, i, n);
    }
}

}  // namespace

void normalized_ascent_step(float* x, const float* g, const float* rate, std::int64_t n, const AscentOptions& o,
                            std::byte* scratch, Stream stream) {
    const std::int64_t blocks = cuda_reduce_blocks(n);
    auto* of_block = reinterpret_cast<double*>(scratch);
    auto* normalized = reinterpret_cast<float*>(of_block + blocks);
    const bool absolute = o.norm == AscentNorm::mean_abs;
    const auto with = [&]<bool aligned>() {
        const float* by = rate;
        if (o.norm != AscentNorm::none) {
            launch(norm_sums_kernel<aligned>, {.blocks = static_cast<unsigned>(blocks), .threads = threads_per_block},
                   stream, g, n, absolute, of_block);
            launch(normalized_rate_kernel, {.threads = threads_per_block}, stream, of_block, blocks, n, absolute, o.eps,
                   rate, normalized);
            by = normalized;
        }
        launch(ascent_step_kernel<aligned>, {.blocks = blocks_of_fours(n), .threads = threads_per_block}, stream, x, g,
               by, n, static_cast<float>(o.box.lo), static_cast<float>(o.box.hi));
    };
    with_alignment(with, x, g);
}

}  // namespace gradus::kernels::GRADUS_CUDA
