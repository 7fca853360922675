#include "kernels/affine_sample.h"

#include "kernels/affine_readers.h"
#include "kernels/cpu/parallel.h"
#include "kernels/cpu/pixel_runs.h"
#include "kernels/cpu/simd.h"

namespace gradus::kernels::cpu::GRADUS_ISA {
namespace {

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
            const AffineMatrix m = affine_matrix_of(matrix, s, n);
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

/// Narrows from..to to where low < at + by q < high.
GRADUS_INLINE void narrow(double at, double by, double low, double high, i64& from, i64& to) {
    if (by == 0) {
        if (!(at > low && at < high)) to = from;
        return;
    }
    const double u = (low - at) / by, v = (high - at) / by;
    const i64 first = affine_place(u < v ? u : v).before, last = affine_place(u < v ? v : u).before + 2;
    from = most(from, first);
    to = least(to, last);
}

// Where nothing beyond the border is read, a block of rows of dx goes through the pixels of dy that read one of them,
// and gives each of the four neighbors its share; rows of another block are left to that. What a pixel of dx gets, it
// gets in the order of the pixels of dy, however many threads there are.
template <int channels>
void scatter(Pixels<const float> dy, const float* matrix, Pixels<float> dx, const AffineShape& s, Write write,
             Stream stream) {
    const i64 C = channels ? channels : s.C, rows = 16, blocks = ceil_div(s.H, rows);
    parallel_for(stream, s.N * blocks, [&](i64 task, int) {
        const i64 n = task / blocks, first = task % blocks * rows, last = least(s.H, first + rows);
        const AffineMatrix m = affine_matrix_of(matrix, s, n);
        Pixels<float> to{dx[n * s.H * s.W], dx.stride};
        if (write != Write::accumulate)
            for (i64 i = first * s.W; i < last * s.W; ++i) zero(to[i], C);
        for (i64 p = 0; p < s.P; ++p) {
            const double at_h = m.a * static_cast<double>(p) + m.c, at_w = m.d * static_cast<double>(p) + m.f;
            i64 begin = 0, end = s.Q;
            narrow(at_h, m.b, static_cast<double>(first - 1), static_cast<double>(last), begin, end);
            narrow(at_w, m.e, -1, static_cast<double>(s.W), begin, end);
            for (i64 q = begin; q < end; ++q) {
                const AffinePlace h = affine_place(at_h + m.b * static_cast<double>(q));
                const AffinePlace w = affine_place(at_w + m.e * static_cast<double>(q));
                const auto down = static_cast<float>(h.fraction), right = static_cast<float>(w.fraction);
                const float* from = dy[(n * s.P + p) * s.Q + q];
                const auto give = [&](i64 i, i64 j, float weight) {
                    float* share = to[i * s.W + j];
                    for (i64 c = 0; c < C; ++c) share[c] += weight * from[c];
                };
                const bool above = h.before >= first && h.before < last;
                const bool below = h.before + 1 >= first && h.before + 1 < last;
                const bool before = w.before >= 0 && w.before < s.W, after = w.before + 1 >= 0 && w.before + 1 < s.W;
                if (above && before) give(h.before, w.before, (1 - down) * (1 - right));
                if (above && after) give(h.before, w.before + 1, (1 - down) * right);
                if (below && before) give(h.before + 1, w.before, down * (1 - right));
                if (below && after) give(h.before + 1, w.before + 1, down * right);
            }
        }
    });
}

// One pixel of dx at a time, gathering from the pixels of dy that it contributed to, by way of the border too.
template <int channels>
void gather(Pixels<const float> dy, const float* matrix, Pixels<float> dx, const AffineShape& s, Write write,
            Stream stream) {
    constexpr i64 chunk = channels ? channels : lanes;
    const i64 C = channels ? channels : s.C;
    parallel_ranges(stream, s.N * s.H, rows_per_block(16 * s.W * C), [&](i64 first, i64 last) {
        for (i64 row = first; row < last; ++row) {
            const i64 n = row / s.H, h = row % s.H;
            const AffineSearch search = affine_search(affine_matrix_of(matrix, s, n), s);
            for (i64 w = 0; w < s.W; ++w)
                for (i64 c0 = 0; c0 < C; c0 += chunk) {
                    const i64 count = channels ? channels : least(chunk, C - c0);
                    double sum[chunk] = {};
                    for_border_images(h, s.H, search.low_h, search.high_h, s.border, [&](i64 v) {
                        for_border_images(w, s.W, search.low_w, search.high_w, s.border, [&](i64 u) {
                            for_affine_readers(search, s, v, u, [&](i64 pixel, double weight) {
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
    if (s.border == PadMode::zero && s.C == 3)
        scatter<3>(dy, matrix, dx, s, write, stream);
    else if (s.border == PadMode::zero)
        scatter<0>(dy, matrix, dx, s, write, stream);
    else if (s.C == 3)
        gather<3>(dy, matrix, dx, s, write, stream);
    else
        gather<0>(dy, matrix, dx, s, write, stream);
}

}  // namespace gradus::kernels::cpu::GRADUS_ISA
