#include "kernels/lbfgs.h"

#include "kernels/cpu/parallel.h"
#include "kernels/cpu/sums.h"

namespace gradus::kernels::cpu::GRADUS_ISA {
namespace {

constexpr std::int64_t block = lbfgs_block;

GRADUS_INLINE void subtract(const float* now, const float* before, float* to, std::int64_t n) {
    for (std::int64_t i = 0; i < n; ++i) to[i] = now[i] - before[i];
}

/// y v and g v, with v read once.
GRADUS_INLINE void two_products(const float* y, const float* g, const float* v, std::int64_t n, double* y_v,
                                double* g_v) {
    Sums of_y = {}, of_g = {};
    std::int64_t i = 0;
    for (; i + wide <= n; i += wide) {
        const Sums at = load_wide(v + i);
        of_y += load_wide(y + i) * at;
        of_g += load_wide(g + i) * at;
    }
    double rest_y = 0, rest_g = 0;
    for (; i < n; ++i) {
        rest_y += static_cast<double>(y[i]) * static_cast<double>(v[i]);
        rest_g += static_cast<double>(g[i]) * static_cast<double>(v[i]);
    }
    *y_v = total(of_y) + rest_y;
    *g_v = total(of_g) + rest_g;
}

GRADUS_INLINE double sum_abs(const float* g, std::int64_t n) {
    double sum = 0;
    for (std::int64_t i = 0; i < n; ++i) sum += static_cast<double>(__builtin_fabsf(g[i]));
    return sum;
}

/// sum += factor v
GRADUS_INLINE void add_times(double factor, const float* v, double* sum, std::int64_t n) {
    for (std::int64_t i = 0; i < n; ++i) sum[i] += factor * static_cast<double>(v[i]);
}

}  // namespace

// Blocks of the vectors fit into the nearest cache: the new pair is made there once, and each row of the history comes
// from memory once.
void lbfgs_products(const float* history, const float* x, const float* g, double* products, const LbfgsShape& z,
                    std::byte* scratch, Stream stream) {
    auto* of_block = reinterpret_cast<double*>(scratch);
    const std::int64_t m = z.pairs, all = z.vectors(), blocks = (z.n + block - 1) / block;
    const float *last_x = history + 2 * m * z.row(), *last_g = last_x + z.row();
    parallel_for(stream, blocks, [&](std::int64_t b, int) {
        const std::int64_t first = b * block, n = first + block < z.n ? block : z.n - first;
        float s[block], y[block];
        subtract(x + first, last_x + first, s, n);
        subtract(g + first, last_g + first, y, n);
        double* sums = of_block + b * z.products();
        for (std::int64_t j = 0; j < all; ++j) {
            const float* v = j < 2 * m ? history + j * z.row() + first : j == 2 * m ? s : y;
            two_products(y, g + first, v, n, sums + j, sums + all + j);
        }
        sums[2 * all] = sum_abs(g + first, n);
    });
    for (std::int64_t j = 0; j < z.products(); ++j) {
        double sum = 0;
        for (std::int64_t b = 0; b < blocks; ++b) sum += of_block[b * z.products() + j];
        products[j] = sum;
    }
}

void lbfgs_direction(const float* history, const float* x, const float* g, const double* c, float* direction,
                     const LbfgsShape& z, Stream stream) {
    const std::int64_t m = z.pairs;
    const float *last_x = history + 2 * m * z.row(), *last_g = last_x + z.row();
    constexpr std::int64_t part = 1 << 10;  // 8 kB of sums
    parallel_ranges(stream, z.n, part, [&](std::int64_t first, std::int64_t last) {
        const std::int64_t n = last - first;
        double sum[part];
        float changed[part];
        for (std::int64_t i = 0; i < n; ++i) sum[i] = 0;
        add_times(c[2 * m + 2], g + first, sum, n);
        for (std::int64_t j = 0; j < 2 * m; ++j)  // a row that has no part in it may hold anything
            if (c[j] != 0) add_times(c[j], history + j * z.row() + first, sum, n);
        if (c[2 * m] != 0 || c[2 * m + 1] != 0) {
            subtract(x + first, last_x + first, changed, n);
            add_times(c[2 * m], changed, sum, n);
            subtract(g + first, last_g + first, changed, n);
            add_times(c[2 * m + 1], changed, sum, n);
        }
        for (std::int64_t i = 0; i < n; ++i) direction[first + i] = static_cast<float>(sum[i]);
    });
}

void lbfgs_push(float* history, const float* x, const float* g, const double* c, const LbfgsShape& z, Stream stream) {
    const std::int64_t m = z.pairs, to = static_cast<std::int64_t>(c[2 * m + 3]);
    float *last_x = history + 2 * m * z.row(), *last_g = last_x + z.row();
    parallel_ranges(stream, z.n, block, [&](std::int64_t first, std::int64_t last) {
        const std::int64_t n = last - first;
        if (to >= 0) {
            subtract(x + first, last_x + first, history + to * z.row() + first, n);
            subtract(g + first, last_g + first, history + (m + to) * z.row() + first, n);
        }
        for (std::int64_t i = first; i < last; ++i) last_x[i] = x[i];
        for (std::int64_t i = first; i < last; ++i) last_g[i] = g[i];
    });
}

}  // namespace gradus::kernels::cpu::GRADUS_ISA
