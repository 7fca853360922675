#include "kernels/lbfgs.h"

#include <algorithm>
#include <vector>

namespace gradus::kernels::reference {
namespace {

/// What was new since the step before: value i of the new s (or y).
template <class T>
T change(const T* now, const T* before, std::int64_t i) {
    return now[i] - before[i];
}

}  // namespace

template <class T>
void lbfgs_products(const T* history, const T* x, const T* g, double* products, const LbfgsShape& z, std::byte*,
                    Stream) {
    const std::int64_t m = z.pairs, all = z.vectors();
    const T *last_x = history + 2 * m * z.row(), *last_g = last_x + z.row();
    std::fill(products, products + z.products(), 0.0);
    for (std::int64_t i = 0; i < z.n; ++i) {
        const auto slope = static_cast<double>(g[i]), y = static_cast<double>(change(g, last_g, i));
        for (std::int64_t j = 0; j < all; ++j) {
            const T v = j < 2 * m ? history[j * z.row() + i] : j == 2 * m ? change(x, last_x, i) : change(g, last_g, i);
            products[j] += y * static_cast<double>(v);
            products[all + j] += slope * static_cast<double>(v);
        }
        products[2 * all] += slope < 0 ? -slope : slope;
    }
}

// The two loops of Nocedal & Wright, algorithm 7.4, on a vector that is a sum of rows: c holds how much of each.
void lbfgs_coefficients(const double* products, const double* of_slope, const double* memory, double* coefficients,
                        double* next_memory, std::int64_t m, LbfgsRule rule, Stream) {
    const LbfgsShape z{m, 0};
    const double *with_y = products, *with_g = of_slope + z.vectors();
    const auto pairs = static_cast<std::int64_t>(memory[0]), steps = static_cast<std::int64_t>(memory[1]);
    const double sy = with_y[2 * m], yy = with_y[2 * m + 1];
    const bool keep = steps > 0 && sy > rule.eps * yy;
    const std::int64_t fresh = pairs % m;  // the row of the new pair

    std::copy(memory, memory + z.memory(), next_memory);
    next_memory[0] = static_cast<double>(pairs + (keep ? 1 : 0));
    next_memory[1] = static_cast<double>(steps + 1);
    double *s_y = next_memory + 2, *y_y = s_y + m * m;
    if (keep) {
        for (std::int64_t i = 0; i < m; ++i) {
            s_y[i * m + fresh] = with_y[i];  // of the later pairs' s with this y nobody asks
            y_y[i * m + fresh] = y_y[fresh * m + i] = with_y[m + i];
        }
        s_y[fresh * m + fresh] = sy;
        y_y[fresh * m + fresh] = yy;
    }

    // Which pairs there are, oldest first, and their products with g.
    std::vector<std::int64_t> rows;
    const std::int64_t end = pairs + (keep ? 1 : 0);
    for (std::int64_t p = std::max<std::int64_t>(0, end - m); p < end; ++p) rows.push_back(p % m);
    const auto g_s = [&](std::int64_t i) { return with_g[keep && i == fresh ? 2 * m : i]; };
    const auto g_y = [&](std::int64_t i) { return with_g[keep && i == fresh ? 2 * m + 1 : m + i]; };

    std::vector<double> c_s(static_cast<std::size_t>(m), 0.0), c_y = c_s, alpha = c_s;
    const auto at = [](std::int64_t i) { return static_cast<std::size_t>(i); };
    double c_g = 1;
    for (std::size_t k = rows.size(); k-- > 0;) {  // q = g; from the newest: alpha = s q / s y, q -= alpha y
        const std::int64_t i = rows[k];
        double s_q = g_s(i);
        for (std::size_t newer = k + 1; newer < rows.size(); ++newer)
            s_q += c_y[at(rows[newer])] * s_y[i * m + rows[newer]];
        alpha[at(i)] = s_q / s_y[i * m + i];
        c_y[at(i)] = -alpha[at(i)];
    }
    // r = q scaled: by the newest pair, or to the length of a first step
    double scale = rule.first_scale(memory[1], of_slope[2 * z.vectors()]);
    if (!rows.empty()) scale = s_y[rows.back() * m + rows.back()] / y_y[rows.back() * m + rows.back()];
    c_g *= scale;
    for (double& c : c_y) c *= scale;
    for (std::size_t k = 0; k < rows.size(); ++k) {  // from the oldest: beta = y r / s y, r += (alpha - beta) s
        const std::int64_t i = rows[k];
        double y_r = c_g * g_y(i);
        for (const std::int64_t j : rows) y_r += c_y[at(j)] * y_y[i * m + j];
        for (std::size_t older = 0; older < k; ++older) y_r += c_s[at(rows[older])] * s_y[rows[older] * m + i];
        c_s[at(i)] = alpha[at(i)] - y_r / s_y[i * m + i];
    }

    for (std::int64_t i = 0; i < m; ++i) {
        const bool is_new = keep && i == fresh;
        coefficients[i] = is_new ? 0 : -c_s[at(i)];
        coefficients[m + i] = is_new ? 0 : -c_y[at(i)];
    }
    coefficients[2 * m] = keep ? -c_s[at(fresh)] : 0;
    coefficients[2 * m + 1] = keep ? -c_y[at(fresh)] : 0;
    coefficients[2 * m + 2] = -c_g;
    coefficients[2 * m + 3] = keep ? static_cast<double>(fresh) : -1;
}

template <class T>
void lbfgs_direction(const T* history, const T* x, const T* g, const double* c, T* direction, const LbfgsShape& z,
                     Stream) {
    const std::int64_t m = z.pairs;
    const T *last_x = history + 2 * m * z.row(), *last_g = last_x + z.row();
    for (std::int64_t i = 0; i < z.n; ++i) {
        double sum = c[2 * m + 2] * static_cast<double>(g[i]);
        for (std::int64_t j = 0; j < 2 * m; ++j)  // a row that has no part in it may hold anything
            if (c[j] != 0) sum += c[j] * static_cast<double>(history[j * z.row() + i]);
        if (c[2 * m] != 0) sum += c[2 * m] * static_cast<double>(change(x, last_x, i));
        if (c[2 * m + 1] != 0) sum += c[2 * m + 1] * static_cast<double>(change(g, last_g, i));
        direction[i] = static_cast<T>(sum);
    }
}

template <class T>
void lbfgs_push(T* history, const T* x, const T* g, const double* c, const LbfgsShape& z, Stream) {
    const std::int64_t m = z.pairs, to = static_cast<std::int64_t>(c[2 * m + 3]);
    T *last_x = history + 2 * m * z.row(), *last_g = last_x + z.row();
    for (std::int64_t i = 0; i < z.n; ++i) {
        if (to >= 0) {
            history[to * z.row() + i] = change(x, static_cast<const T*>(last_x), i);
            history[(m + to) * z.row() + i] = change(g, static_cast<const T*>(last_g), i);
        }
        last_x[i] = x[i];
        last_g[i] = g[i];
    }
}

#define INSTANTIATE(T)                                                                                             \
    template void lbfgs_products<T>(const T*, const T*, const T*, double*, const LbfgsShape&, std::byte*, Stream); \
    template void lbfgs_direction<T>(const T*, const T*, const T*, const double*, T*, const LbfgsShape&, Stream);  \
    template void lbfgs_push<T>(T*, const T*, const T*, const double*, const LbfgsShape&, Stream);
INSTANTIATE(float)
INSTANTIATE(double)

}  // namespace gradus::kernels::reference
