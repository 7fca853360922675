#pragma once
// The gradient of affine sampling, looked at from the pixel that was read: who read it? Found through the inverse map,
// so that each pixel gathers and nothing is written twice.
#include "kernels/affine_sample.h"

namespace gradus::kernels {

struct AffineMatrix {
    double a, b, c, d, e, f;  // (h,w) = (a p + b q + c, d p + e q + f)
};

GRADUS_INLINE AffineMatrix affine_matrix_of(const float* all, const AffineShape& s, std::int64_t n) {
    const float* m = s.matrix_each ? all + 6 * n : all;
    return {m[0], m[1], m[2], m[3], m[4], m[5]};
}

/// What the backward pass knows of one matrix: how to find the rows of y that may read a place of x, and which indices
/// of the endless picture beyond the border are read at all.
struct AffineSearch {
    AffineMatrix m;
    double p_by_h, p_by_w, reach;  // the inverse's first row; all rows are searched where there is none
    bool inverse;
    std::int64_t low_h, high_h, low_w, high_w;
};

GRADUS_INLINE double size_of_number(double v) { return v < 0 ? -v : v; }
GRADUS_INLINE double ceiling(double v) {
#if defined(__CUDA_ARCH__)
    return ::ceil(v);
#else
    return __builtin_ceil(v);
#endif
}

GRADUS_INLINE void affine_bounds(double by_p, double by_q, double constant, const AffineShape& s, std::int64_t& low,
                                 std::int64_t& high) {
    const double p = by_p * static_cast<double>(s.P - 1), q = by_q * static_cast<double>(s.Q - 1);
    low = affine_place(constant + (p < 0 ? p : 0) + (q < 0 ? q : 0)).before - 1;
    high = affine_place(constant + (p > 0 ? p : 0) + (q > 0 ? q : 0)).before + 2;
}

GRADUS_INLINE AffineSearch affine_search(const AffineMatrix& m, const AffineShape& s) {
    AffineSearch search = {};
    search.m = m;
    const double det = m.a * m.e - m.b * m.d;
    const double slack = 1e-6;  // for rounding: what lies a hair too far has no weight anyway
    search.p_by_h = m.e / det;
    search.p_by_w = -m.b / det;
    search.reach = size_of_number(search.p_by_h) + size_of_number(search.p_by_w) + slack;
    search.inverse = search.reach < 1e9;  // not where that is infinite or no number
    affine_bounds(m.a, m.b, m.c, s, search.low_h, search.high_h);
    affine_bounds(m.d, m.e, m.f, s, search.low_w, search.high_w);
    return search;
}

/// Narrows from..to to where |d + m q| < 1.
GRADUS_INLINE void affine_narrow(double d, double m, double& from, double& to) {
    if (m == 0) {
        if (d <= -1 || d >= 1) to = -1;
        return;
    }
    const double slack = 1e-6, u = (-1 - d) / m, v = (1 - d) / m;
    const double low = (u < v ? u : v) - slack, high = (u < v ? v : u) + slack;
    if (low > from) from = low;
    if (high < to) to = high;
}

/// f(pixel of y in its picture, weight) for each that reads index (h,w) of the endless picture: row by row, left to
/// right.
template <class F>
GRADUS_INLINE void for_affine_readers(const AffineSearch& search, const AffineShape& s, std::int64_t h, std::int64_t w,
                                      const F& f) {
    const AffineMatrix& m = search.m;
    const auto at_h = static_cast<double>(h), at_w = static_cast<double>(w);
    double first = 0, last = static_cast<double>(s.P - 1);
    if (search.inverse) {
        const double p = search.p_by_h * (at_h - m.c) + search.p_by_w * (at_w - m.f);
        if (p - search.reach > first) first = ceiling(p - search.reach);
        if (p + search.reach < last) last = p + search.reach;
    }
    for (double p = first; p <= last; p += 1) {
        const double dh = m.a * p + m.c - at_h, dw = m.d * p + m.f - at_w;
        double from = 0, to = static_cast<double>(s.Q - 1);
        affine_narrow(dh, m.b, from, to);
        affine_narrow(dw, m.e, from, to);
        for (double q = ceiling(from); q <= to; q += 1) {
            const double weight_h = 1 - size_of_number(dh + m.b * q), weight_w = 1 - size_of_number(dw + m.e * q);
            if (weight_h > 0 && weight_w > 0)
                f(static_cast<std::int64_t>(p) * s.Q + static_cast<std::int64_t>(q), weight_h * weight_w);
        }
    }
}

}  // namespace gradus::kernels
