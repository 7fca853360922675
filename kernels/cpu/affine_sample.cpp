#include "kernels/affine_sample.h"

#include "kernels/cpu/parallel.h"
#include "kernels/cpu/pixel_runs.h"
#include "kernels/cpu/simd.h"

namespace gradus::kernels::cpu::GRADUS_ISA {
namespace {

struct Matrix {
    double a, b, c, d, e, f;  // (h,w) = (a p + b q + c, d p + e q + f)
};

Matrix matrix_of(const float* all, const AffineShape& s, i64 n) {
    const float* m = s.matrix_each ? all + 6 * n : all;
    return {m[0], m[1], m[2], m[3], m[4], m[5]};
}

// The four pixels around a place, top left first; null stands for the fill.
struct Neighbors {
    const float *tl, *tr, *bl, *br;
};

GRADUS_INLINE Neighbors neighbors(Pixels<const float> x, const AffineShape& s, i64 n, i64 h, i64 w) {
    if (h >= 0 && h + 1 < s.H && w >= 0 && w + 1 < s.W) {
        const float* first = x[(n * s.H + h) * s.W + w];
        const float* below = first + s.W * x.stride;
        return {first, first + x.stride, below, below + x.stride};
    }
    const i64 top = border_source(h, s.H, s.border), bottom = border_source(h + 1, s.H, s.border);
    const i64 start = border_source(w, s.W, s.border), end = border_source(w + 1, s.W, s.border);
    const auto at = [&](i64 i, i64 j) { return i < 0 || j < 0 ? nullptr : x[(n * s.H + i) * s.W + j]; };
    return {at(top, start), at(top, end), at(bottom, start), at(bottom, end)};
}

// One pixel of y at a time from its four neighbors; `channels` is 0 where their number is not known in advance.
template <int channels>
void forward(Pixels<const float> x, const float* matrix, Pixels<float> y, const AffineShape& s, Stream stream) {
    const i64 C = channels ? channels : s.C;
    parallel_ranges(stream, s.N * s.P, rows_per_block(4 * s.Q * C), [&](i64 first, i64 last) {
        for (i64 row = first; row < last; ++row) {
            const i64 n = row / s.P;
            const Matrix m = matrix_of(matrix, s, n);
            const auto p = static_cast<double>(row % s.P);
            for (i64 q = 0; q < s.Q; ++q) {
                const AffinePlace h = affine_place(m.a * p + m.b * static_cast<double>(q) + m.c);
                const AffinePlace w = affine_place(m.d * p + m.e * static_cast<double>(q) + m.f);
                const auto down = static_cast<float>(h.fraction), right = static_cast<float>(w.fraction);
                const auto [tl, tr, bl, br] = neighbors(x, s, n, h.before, w.before);
                const float w00 = (1 - down) * (1 - right), w01 = (1 - down) * right, w10 = down * (1 - right),
                            w11 = down * right;
                float* to = y[row * s.Q + q];
                if (tl && tr && bl && br) {
                    for (i64 c = 0; c < C; ++c) to[c] = w00 * tl[c] + w01 * tr[c] + w10 * bl[c] + w11 * br[c];
                    continue;
                }
                for (i64 c = 0; c < C; ++c)
                    to[c] = w00 * (tl ? tl[c] : s.fill) + w01 * (tr ? tr[c] : s.fill) + w10 * (bl ? bl[c] : s.fill) +
                            w11 * (br ? br[c] : s.fill);
            }
        }
    });
}

// What the backward pass knows of one matrix: how to find the rows of y that may read a place of x, and which indices
// of the endless picture beyond the border are read at all.
struct Search {
    Matrix m;
    double p_by_h = 0, p_by_w = 0, reach = 0;  // the inverse's first row; all rows are searched where there is none
    bool inverse = false;
    i64 low_h, high_h, low_w, high_w;

    Search(const Matrix& matrix, const AffineShape& s) : m(matrix) {
        const double det = m.a * m.e - m.b * m.d;
        const double slack = 1e-6;  // for rounding: what lies a hair too far has no weight anyway
        p_by_h = m.e / det;
        p_by_w = -m.b / det;
        reach = __builtin_fabs(p_by_h) + __builtin_fabs(p_by_w) + slack;
        inverse = reach < 1e9;  // not where that is infinite or no number
        bounds(m.a, m.b, m.c, s, low_h, high_h);
        bounds(m.d, m.e, m.f, s, low_w, high_w);
    }

    static void bounds(double by_p, double by_q, double constant, const AffineShape& s, i64& low, i64& high) {
        const double p = by_p * static_cast<double>(s.P - 1), q = by_q * static_cast<double>(s.Q - 1);
        low = affine_place(constant + (p < 0 ? p : 0) + (q < 0 ? q : 0)).before - 1;
        high = affine_place(constant + (p > 0 ? p : 0) + (q > 0 ? q : 0)).before + 2;
    }
};

// Narrows from..to to where |d + m q| < 1.
GRADUS_INLINE void narrow(double d, double m, double& from, double& to) {
    if (m == 0) {
        if (d <= -1 || d >= 1) to = -1;
        return;
    }
    const double slack = 1e-6, u = (-1 - d) / m, v = (1 - d) / m;
    const double low = (u < v ? u : v) - slack, high = (u < v ? v : u) + slack;
    if (low > from) from = low;
    if (high < to) to = high;
}

// f(pixel of y in its picture, weight) for each that reads index (h,w) of the endless picture: row by row, left to
// right.
template <class F>
GRADUS_INLINE void for_readers(const Search& search, const AffineShape& s, i64 h, i64 w, const F& f) {
    const Matrix& m = search.m;
    const auto at_h = static_cast<double>(h), at_w = static_cast<double>(w);
    double first = 0, last = static_cast<double>(s.P - 1);
    if (search.inverse) {
        const double p = search.p_by_h * (at_h - m.c) + search.p_by_w * (at_w - m.f);
        if (p - search.reach > first) first = __builtin_ceil(p - search.reach);
        if (p + search.reach < last) last = p + search.reach;
    }
    for (double p = first; p <= last; p += 1) {
        const double dh = m.a * p + m.c - at_h, dw = m.d * p + m.f - at_w;
        double from = 0, to = static_cast<double>(s.Q - 1);
        narrow(dh, m.b, from, to);
        narrow(dw, m.e, from, to);
        for (double q = __builtin_ceil(from); q <= to; q += 1) {
            const double weight_h = 1 - __builtin_fabs(dh + m.b * q), weight_w = 1 - __builtin_fabs(dw + m.e * q);
            if (weight_h > 0 && weight_w > 0) f(static_cast<i64>(p) * s.Q + static_cast<i64>(q), weight_h * weight_w);
        }
    }
}

// One pixel of dx at a time, gathering from the pixels of dy that it contributed to.
template <int channels>
void backward(Pixels<const float> dy, const float* matrix, Pixels<float> dx, const AffineShape& s, Write write,
              Stream stream) {
    constexpr i64 chunk = channels ? channels : lanes;
    const i64 C = channels ? channels : s.C;
    parallel_ranges(stream, s.N * s.H, rows_per_block(16 * s.W * C), [&](i64 first, i64 last) {
        for (i64 row = first; row < last; ++row) {
            const i64 n = row / s.H, h = row % s.H;
            const Search search(matrix_of(matrix, s, n), s);
            for (i64 w = 0; w < s.W; ++w)
                for (i64 c0 = 0; c0 < C; c0 += chunk) {
                    const i64 count = channels ? channels : least(chunk, C - c0);
                    double sum[chunk] = {};
                    for_border_images(h, s.H, search.low_h, search.high_h, s.border, [&](i64 v) {
                        for_border_images(w, s.W, search.low_w, search.high_w, s.border, [&](i64 u) {
                            for_readers(search, s, v, u, [&](i64 pixel, double weight) {
                                const float* from = dy[n * s.P * s.Q + pixel] + c0;
                                for (i64 c = 0; c < count; ++c) sum[c] += weight * static_cast<double>(from[c]);
                            });
                        });
                    });
                    float* to = dx[row * s.W + w] + c0;
                    for (i64 c = 0; c < count; ++c)
                        to[c] = static_cast<float>(write == Write::accumulate ? static_cast<double>(to[c]) + sum[c]
                                                                              : sum[c]);
                }
        }
    });
}

}  // namespace

void affine_sample(Pixels<const float> x, const float* matrix, Pixels<float> y, const AffineShape& s, Stream stream) {
    if (s.C == 3)
        forward<3>(x, matrix, y, s, stream);
    else
        forward<0>(x, matrix, y, s, stream);
}

void affine_sample_backward(Pixels<const float> dy, const float* matrix, Pixels<float> dx, const AffineShape& s,
                            Write write, std::byte*, Stream stream) {
    if (s.C == 3)
        backward<3>(dy, matrix, dx, s, write, stream);
    else
        backward<0>(dy, matrix, dx, s, write, stream);
}

}  // namespace gradus::kernels::cpu::GRADUS_ISA
