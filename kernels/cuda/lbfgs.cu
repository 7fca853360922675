#include "kernels/cuda/fours.cuh"
#include "kernels/cuda/sums.cuh"
#include "kernels/lbfgs.h"

namespace gradus::kernels::GRADUS_CUDA {
namespace {

constexpr int warps = threads_per_block / 32;
constexpr int fours = static_cast<int>(lbfgs_block / 4 / threads_per_block);  // of a thread

// The rows of the picture and of the gradient before.
struct Before {
    const float *x, *g;
};
__device__ __forceinline__ Before before(const float* history, const LbfgsShape& z) {
    const float* x = history + 2 * z.pairs * z.row();
    return {x, x + z.row()};
}
__device__ __forceinline__ Four minus(const Four& a, const Four& b) {
    return {{a.at[0] - b.at[0], a.at[1] - b.at[1], a.at[2] - b.at[2], a.at[3] - b.at[3]}};
}

// ---- products ----

// One block per 2048 values, twice four of them a thread. A thread keeps its values of y and g in registers, as
// double, and goes through the rows: of each it adds up two products, its warp adds those of its lanes, and in the end
// the block adds its warps'. Traffic: reads every row, x and g once, 4 bytes for 4 flops in double and one conversion.
// Bound by memory.
template <bool aligned>
__global__ void __launch_bounds__(threads_per_block, 2)
    lbfgs_products_kernel(const float* history, const float* x, const float* g, double* of_block, LbfgsShape z) {
    GRADUS_DYNAMIC_SHARED(double, of_warp);  // [products][warps]
    const std::int64_t first = blockIdx.x * lbfgs_block + 4 * threadIdx.x, all = z.vectors();
    const auto index = [&](int k) { return first + k * std::int64_t{4 * threads_per_block}; };
    const Before last = before(history, z);
    double y[fours][4], slope[fours][4], l1 = 0;
#pragma unroll
    for (int k = 0; k < fours; ++k) {
        const Four now = load_four<aligned>(g, index(k), z.n);
        const Four change = minus(now, load_four<aligned>(last.g, index(k), z.n));
#pragma unroll
        for (int e = 0; e < 4; ++e) {
            slope[k][e] = static_cast<double>(now.at[e]);
            y[k][e] = static_cast<double>(change.at[e]);
            l1 += fabs(slope[k][e]);
        }
    }
    const auto keep = [&](std::int64_t product, double sum) {
        sum = warp_sum(sum);
        if (threadIdx.x % 32 == 0) of_warp[product * warps + threadIdx.x / 32] = sum;
    };
    const auto multiply = [&](std::int64_t j, const Four(&v)[fours]) {
        double with_y = 0, with_g = 0;
#pragma unroll
        for (int k = 0; k < fours; ++k)
#pragma unroll
            for (int e = 0; e < 4; ++e) {
                const auto at = static_cast<double>(v[k].at[e]);
                with_y += y[k][e] * at;
                with_g += slope[k][e] * at;
            }
        keep(j, with_y);
        keep(all + j, with_g);
    };
    Four v[2][fours];
    for (std::int64_t j = 0; j < 2 * z.pairs; j += 2) {  // four loads of 16 bytes on their way at once
#pragma unroll
        for (int i = 0; i < 2; ++i)
#pragma unroll
            for (int k = 0; k < fours; ++k) v[i][k] = load_four<aligned>(history + (j + i) * z.row(), index(k), z.n);
        multiply(j, v[0]);
        multiply(j + 1, v[1]);
    }
#pragma unroll
    for (int k = 0; k < fours; ++k) {
        v[0][k] = minus(load_four<aligned>(x, index(k), z.n), load_four<aligned>(last.x, index(k), z.n));
        for (int e = 0; e < 4; ++e) v[1][k].at[e] = static_cast<float>(y[k][e]);
    }
    multiply(2 * z.pairs, v[0]);
    multiply(2 * z.pairs + 1, v[1]);
    keep(2 * all, l1);
    __syncthreads();
    for (std::int64_t p = threadIdx.x; p < z.products(); p += threads_per_block) {
        double sum = 0;
#pragma unroll
        for (int w = 0; w < warps; ++w) sum += of_warp[p * warps + w];
        of_block[p * gridDim.x + blockIdx.x] = sum;
    }
}

// One block per product; thread t takes the blocks t, t + 256, ...
__global__ void __launch_bounds__(threads_per_block)
    lbfgs_totals_kernel(const double* of_block, std::int64_t blocks, double* products) {
    double sum = 0;
    for (std::int64_t b = threadIdx.x; b < blocks; b += threads_per_block) sum += of_block[blockIdx.x * blocks + b];
    sum = block_sum<threads_per_block>(sum);
    if (threadIdx.x == 0) products[blockIdx.x] = sum;
}

// ---- the direction ----

// One thread per four values, in a grid-stride loop, two rows at a time. Traffic: reads every row that has a part in
// it, x, g and the two before once, and writes the direction: 4 bytes for 2 flops in double and one conversion. Bound
// by memory.
template <bool aligned>
__global__ void __launch_bounds__(threads_per_block, 4)
    lbfgs_direction_kernel(const float* history, const float* x, const float* g, const double* c, float* direction,
                           LbfgsShape z) {
    const std::int64_t m = z.pairs;
    const Before last = before(history, z);
    const bool paired = c[2 * m] != 0 || c[2 * m + 1] != 0;
    for (auto i = 4 * first_element(); i < z.n; i += 4 * grid_stride()) {
        double sum[4] = {};
        const auto add = [&](double factor, const Four& v) {
#pragma unroll
            for (int k = 0; k < 4; ++k) sum[k] += factor * static_cast<double>(v.at[k]);
        };
        const Four now = load_four<aligned>(g, i, z.n);
        for (std::int64_t j = 0; j < 2 * m; j += 2) {  // a row that has no part in it may hold anything
            const bool has[2] = {c[j] != 0, c[j + 1] != 0};
            Four v[2] = {};
#pragma unroll
            for (int r = 0; r < 2; ++r)
                if (has[r]) v[r] = load_four<aligned>(history + (j + r) * z.row(), i, z.n);
#pragma unroll
            for (int r = 0; r < 2; ++r)
                if (has[r]) add(c[j + r], v[r]);
        }
        add(c[2 * m + 2], now);
        if (paired) {
            add(c[2 * m], minus(load_four<aligned>(x, i, z.n), load_four<aligned>(last.x, i, z.n)));
            add(c[2 * m + 1], minus(now, load_four<aligned>(last.g, i, z.n)));
        }
        const Four d = {{static_cast<float>(sum[0]), static_cast<float>(sum[1]), static_cast<float>(sum[2]),
                         static_cast<float>(sum[3])}};
        store_four<aligned>(direction, d, i, z.n);
    }
}

// ---- the history ----

// One thread per four values, in a grid-stride loop. Traffic: reads x, g and what they were before, writes both and the
// new pair, 32 bytes per value for 2 flops. Bound by memory.
template <bool aligned>
__global__ void __launch_bounds__(threads_per_block)
    lbfgs_push_kernel(float* history, const float* x, const float* g, const double* c, LbfgsShape z) {
    const std::int64_t m = z.pairs, to = static_cast<std::int64_t>(c[2 * m + 3]);
    float *last_x = history + 2 * m * z.row(), *last_g = last_x + z.row();
    for (auto i = 4 * first_element(); i < z.n; i += 4 * grid_stride()) {
        const Four at = load_four<aligned>(x, i, z.n), slope = load_four<aligned>(g, i, z.n);
        if (to >= 0) {
            const Four s = minus(at, load_four<aligned>(last_x, i, z.n));
            const Four y = minus(slope, load_four<aligned>(last_g, i, z.n));
            store_four<aligned>(history + to * z.row(), s, i, z.n);
            store_four<aligned>(history + (m + to) * z.row(), y, i, z.n);
        }
        store_four<aligned>(last_x, at, i, z.n);
        store_four<aligned>(last_g, slope, i, z.n);
    }
}

}  // namespace

void lbfgs_products(const float* history, const float* x, const float* g, double* products, const LbfgsShape& z,
                    std::byte* scratch, Stream stream) {
    auto* of_block = reinterpret_cast<double*>(scratch);
    const std::int64_t blocks = (z.n + lbfgs_block - 1) / lbfgs_block;
    const Grid grid{.blocks = static_cast<unsigned>(blocks),
                    .threads = threads_per_block,
                    .shared = static_cast<std::size_t>(z.products() * warps) * sizeof(double)};
    const auto with = [&]<bool aligned>() {
        launch(lbfgs_products_kernel<aligned>, grid, stream, history, x, g, of_block, z);
    };
    with_alignment(with, history, x, g);
    launch(lbfgs_totals_kernel, {.blocks = static_cast<unsigned>(z.products()), .threads = threads_per_block}, stream,
           of_block, blocks, products);
}

void lbfgs_direction(const float* history, const float* x, const float* g, const double* c, float* direction,
                     const LbfgsShape& z, Stream stream) {
    const auto with = [&]<bool aligned>() {
        launch(lbfgs_direction_kernel<aligned>, {.blocks = blocks_of_fours(z.n), .threads = threads_per_block}, stream,
               history, x, g, c, direction, z);
    };
    with_alignment(with, history, x, g, direction);
}

void lbfgs_push(float* history, const float* x, const float* g, const double* c, const LbfgsShape& z, Stream stream) {
    const auto with = [&]<bool aligned>() {
        launch(lbfgs_push_kernel<aligned>, {.blocks = blocks_of_fours(z.n), .threads = threads_per_block}, stream,
               history, x, g, c, z);
    };
    with_alignment(with, history, x, g);
}

}  // namespace gradus::kernels::GRADUS_CUDA
