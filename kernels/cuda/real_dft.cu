#include "kernels/cuda/grid.cuh"
#include "kernels/real_dft.h"

namespace gradus::kernels::GRADUS_CUDA {
namespace {

// One thread per number of a column: the wave times what its symmetry folds the column to. Neighbors in a warp take
// neighboring columns, so they read the same value of the wave. Traffic: reads x and the waves out of the L2 cache,
// n/4 times, and writes y once; n/2 flops per value. Bound by loads, 5 for each multiply-add.
__global__ void __launch_bounds__(threads_per_block)
    real_dft_kernel(const float* x, const float* waves, float* y, RealDftShape s, bool accumulate) {
    const RealDftSymmetries all = real_dft_symmetries(s.n);
    for (auto t = first_element(); t < s.n * s.columns(); t += grid_stride()) {
        const std::int64_t row = t / s.columns(), start = s.start(t - row * s.columns());
        RealDftWaves w = all.waves[0];
#pragma unroll  // what is indexed by a number that only the thread knows would lie in local memory
        for (int k = 1; k < 4; ++k)
            if (k < all.count && row >= all.waves[k].first) w = all.waves[k];
        const auto at = [&](std::int64_t i) { return x[start + i * s.inner]; };
        float sum = 0;
        for (std::int64_t i = w.start; i < w.start + w.points; ++i) {
            float folded = at(i);
            if (all.count == 4) {
                if (4 * i != s.n) folded += w.at_half_minus * at(s.n / 2 - i);
                if (i != 0) folded += w.at_minus * at(s.n - i);
                if (i != 0 && 4 * i != s.n) folded += w.at_half_plus * at(s.n / 2 + i);
            }
            sum = fmaf(waves[row * s.n + i], folded, sum);
        }
        float& to = y[start + row * s.inner];
        to = accumulate ? to + sum : sum;
    }
}

// One thread per point of a quarter (of the whole column where there is no symmetry), and its images in the others:
// four sums, one for each symmetry. Neighbors in a warp take neighboring columns. Traffic: reads x and the waves out of
// the L2 cache, n/4 times, and writes y once; n/2 flops per value. Bound by loads, 2 for each multiply-add.
__global__ void __launch_bounds__(threads_per_block)
    inverse_real_dft_kernel(const float* x, const float* waves, float* y, RealDftShape s, bool accumulate) {
    const RealDftSymmetries all = real_dft_symmetries(s.n);
    const std::int64_t points = all.waves[0].points;
    for (auto t = first_element(); t < points * s.columns(); t += grid_stride()) {
        const std::int64_t i = t / s.columns(), start = s.start(t - i * s.columns());
        float sums[4] = {};
#pragma unroll
        for (int k = 0; k < 4; ++k) {
            if (k >= all.count || i < all.waves[k].start || i >= all.waves[k].start + all.waves[k].points) continue;
            const std::int64_t first = all.waves[k].first;
            for (std::int64_t row = first; row < first + all.waves[k].count; ++row)
                sums[k] = fmaf(waves[row * s.n + i], x[start + row * s.inner], sums[k]);
        }
        const auto put = [&](std::int64_t row, float sum) {
            float& to = y[start + row * s.inner];
            to = accumulate ? to + sum : sum;
        };
        const float even = sums[0] + sums[2], odd = sums[1] + sums[3];
        const float even_mirrored = sums[0] - sums[2], odd_mirrored = sums[1] - sums[3];
        put(i, even + odd);
        if (all.count == 1) continue;
        if (4 * i != s.n) put(s.n / 2 - i, even - odd);
        if (i != 0) put(s.n - i, even_mirrored + odd_mirrored);
        if (i != 0 && 4 * i != s.n) put(s.n / 2 + i, even_mirrored - odd_mirrored);
    }
}

}  // namespace

void real_dft(const float* x, const float* waves, float* y, const RealDftShape& s, Write write, std::byte*,
              Stream stream) {
    if (s.n * s.columns() == 0) return;
    const std::int64_t numbers = s.inverse ? real_dft_symmetries(s.n).waves[0].points : s.n;
    launch(s.inverse ? inverse_real_dft_kernel : real_dft_kernel,
           {.blocks = blocks_for(numbers * s.columns()), .threads = threads_per_block}, stream, x, waves, y, s,
           write == Write::accumulate);
}

}  // namespace gradus::kernels::GRADUS_CUDA
