#include "kernels/cuda/sums.cuh"
#include "kernels/lbfgs.h"

namespace gradus::kernels::GRADUS_CUDA {
namespace {

// One warp: the loops go from pair to pair, but the sum in each of their steps is shared by the lanes. What one lane
// writes and another reads lies in memory, with a __syncwarp between. Bound by the latency of 2 m short sums.
__global__ void __launch_bounds__(32)
    lbfgs_coefficients_kernel(const double* products, const double* of_slope, const double* memory, double* c,
                              double* next, std::int64_t m, LbfgsRule rule) {
    const LbfgsShape z{m, 0};
    const std::int64_t lane = threadIdx.x;
    const double *with_y = products, *with_g = of_slope + z.vectors();
    const auto pairs = static_cast<std::int64_t>(memory[0]);
    const double sy = with_y[2 * m], yy = with_y[2 * m + 1];
    const bool keep = memory[1] > 0 && sy > rule.eps * yy;
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
    double scale = rule.first_scale(memory[1], of_slope[2 * z.vectors()]);
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

}  // namespace

void lbfgs_coefficients(const double* products, const double* of_slope, const double* memory, double* coefficients,
                        double* next_memory, std::int64_t pairs, LbfgsRule rule, Stream stream) {
    launch(lbfgs_coefficients_kernel, {.threads = 32}, stream, products, of_slope, memory, coefficients, next_memory,
           pairs, rule);
}

}  // namespace gradus::kernels::GRADUS_CUDA
