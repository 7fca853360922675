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
    for (std::int64_t j = 0; j < all; ++j) {
        double with_y = 0, with_g = 0;
#pragma unroll
        for (int k = 0; k < fours; ++k) {
            Four v;
            if (j < 2 * z.pairs)
                v = load_four<aligned>(history + j * z.row(), index(k), z.n);
            else if (j == 2 * z.pairs)
                v = minus(load_four<aligned>(x, index(k), z.n), load_four<aligned>(last.x, index(k), z.n));
#pragma unroll
            for (int e = 0; e < 4; ++e) {
                const double at = j <= 2 * z.pairs ? static_cast<double>(v.at[e]) : y[k][e];
                with_y += y[k][e] * at;
                with_g += slope[k][e] * at;
            }
        }
        keep(j, with_y);
        keep(all + j, with_g);
    }
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

// ---- the recursion ----

// One warp: the loops go from pair to pair, but the sum in each of their steps is shared by the lanes. What one lane
// writes and another reads lies in memory, with a __syncwarp between. Bound by the latency of 2 m short sums.
__global__ void __launch_bounds__(32) lbfgs_coefficients_kernel(const double* products, const double* memory, double* c,
                                                                double* next, std::int64_t m, double eps) {
    const LbfgsShape z{m, 0};
    const std::int64_t lane = threadIdx.x;
    const double *with_y = products, *with_g = products + z.vectors();
    const auto pairs = static_cast<std::int64_t>(memory[0]);
    const double sy = with_y[2 * m], yy = with_y[2 * m + 1];
    const bool keep = memory[1] > 0 && sy > eps * yy;
    const std::int64_t fresh = pairs % m, end = pairs + (keep ? 1 : 0);
    const std::int64_t start = end > m ? end - m : 0;  // the oldest pair

    // The numbers of before, and the new pair's row and column. s_i y_j is asked for where i is no newer than j.
    double *s_y = next + 2, *y_y = s_y + m * m;
    for (std::int64_t e = lane; e < m * m; e += 32) {
        const std::int64_t i = e / m, j = e - i * m;
        const bool row = keep && i == fresh, column = keep && j == fresh;
        const double *old_s_y = memory + 2, *old_y_y = old_s_y + m * m;
        s_y[e] = row && column ? sy : column ? with_y[i] : old_s_y[e];
        y_y[e] = row && column ? yy : column ? with_y[m + i] : row ? with_y[m + j] : old_y_y[e];
    }
    for (std::int64_t i = lane; i < 2 * m + 2; i += 32) c[i] = 0;
    if (lane == 0) {
        next[0] = static_cast<double>(end);
        next[1] = memory[1] + 1;
    }
    __syncwarp();
    double *c_s = c, *c_y = c + m;
    const auto g_s = [&](std::int64_t i) { return with_g[keep && i == fresh ? 2 * m : i]; };
    const auto g_y = [&](std::int64_t i) { return with_g[keep && i == fresh ? 2 * m + 1 : m + i]; };

    // q = g; from the newest: alpha = s q / s y, q -= alpha y. alpha waits in c_s, which is not asked for meanwhile.
    for (std::int64_t p = end - 1; p >= start; --p) {
        const std::int64_t i = p % m;
        double s_q = 0;
        for (std::int64_t newer = p + 1 + lane; newer < end; newer += 32)
            s_q += c_y[newer % m] * s_y[i * m + newer % m];
        s_q = warp_sum(s_q) + g_s(i);
        const double alpha = s_q / s_y[i * m + i];
        if (lane == 0) {
            c_s[i] = alpha;
            c_y[i] = -alpha;
        }
        __syncwarp();
    }
    const double l1 = products[2 * z.vectors()];
    double scale = l1 > 1 ? 1 / l1 : 1;
    if (end > 0) {
        const std::int64_t newest = (end - 1) % m;
        scale = s_y[newest * m + newest] / y_y[newest * m + newest];
    }
    for (std::int64_t i = lane; i < m; i += 32) c_y[i] *= scale;
    __syncwarp();
    // From the oldest: beta = y r / s y, r += (alpha - beta) s.
    for (std::int64_t p = start; p < end; ++p) {
        const std::int64_t i = p % m;
        double y_r = 0;
        for (std::int64_t other = start + lane; other < end; other += 32) {
            const std::int64_t j = other % m;
            y_r += c_y[j] * y_y[i * m + j];
            if (other < p) y_r += c_s[j] * s_y[j * m + i];
        }
        y_r = warp_sum(y_r) + scale * g_y(i);
        if (lane == 0) c_s[i] -= y_r / s_y[i * m + i];
        __syncwarp();
    }
    // Downhill; and the new pair is not in its row yet.
    for (std::int64_t i = lane; i < 2 * m; i += 32) {
        const bool is_new = keep && (i == fresh || i == m + fresh);
        if (is_new) c[i < m ? 2 * m : 2 * m + 1] = -c[i];
        c[i] = is_new ? 0 : -c[i];
    }
    if (lane == 0) {
        c[2 * m + 2] = -scale;
        c[2 * m + 3] = keep ? static_cast<double>(fresh) : -1;
    }
}

// ---- the direction ----

// One thread per four values, in a grid-stride loop. Traffic: reads every row that has a part in it, x, g and the two
// before once, and writes the direction: 4 bytes for 2 flops in double and one conversion. Bound by memory.
template <bool aligned>
__global__ void __launch_bounds__(threads_per_block)
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
        add(c[2 * m + 2], now);
        for (std::int64_t j = 0; j < 2 * m; ++j)  // a row that has no part in it may hold anything
            if (c[j] != 0) add(c[j], load_four<aligned>(history + j * z.row(), i, z.n));
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

void lbfgs_coefficients(const double* products, const double* memory, double* coefficients, double* next_memory,
                        std::int64_t pairs, double eps, Stream stream) {
    launch(lbfgs_coefficients_kernel, {.threads = 32}, stream, products, memory, coefficients, next_memory, pairs, eps);
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
