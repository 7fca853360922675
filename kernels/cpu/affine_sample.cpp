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

// One pixel of dx at a time, gathering from the pixels of dy that it contributed to.
template <int channels>
void backward(Pixels<const float> dy, const float* matrix, Pixels<float> dx, const AffineShape& s, Write write,
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
    if (s.C == 3)
        backward<3>(dy, matrix, dx, s, write, stream);
    else
        backward<0>(dy, matrix, dx, s, write, stream);
}

}  // namespace gradus::kernels::cpu::GRADUS_ISA
