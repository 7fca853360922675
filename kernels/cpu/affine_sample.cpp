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

// The three colors of a pixel, and a fourth number that belongs to the next: one load. In the last pixel of a picture
// there is no next; rows and columns at the border are left to the plain loops.
typedef float Colors __attribute__((vector_size(16), aligned(4), may_alias));
GRADUS_INLINE Colors colors(const float* p) { return *reinterpret_cast<const Colors*>(p); }

// Where pixels of a row of y look: a run of them at once, which compilers make vectors of. As affine_place has it.
constexpr i64 run = 64;
struct Places {
    std::int32_t h[run], w[run];
    float down[run], right[run];
};
GRADUS_INLINE void place(double at, std::int32_t& before, float& fraction) {
    const double far = 1e9, inside = at > -far ? (at < far ? at : far) : -far, floor = __builtin_floor(inside);
    before = static_cast<std::int32_t>(floor);
    fraction = static_cast<float>(inside - floor);
}
GRADUS_INLINE void find_places(const AffineMatrix& m, i64 row, i64 first, i64 count, Places& at) {
    const auto p = static_cast<double>(row);
    for (i64 i = 0; i < count; ++i) {
        const auto q = static_cast<double>(static_cast<std::int32_t>(first + i));
        place(m.a * p + m.b * q + m.c, at.h[i], at.down[i]);
        place(m.d * p + m.e * q + m.f, at.w[i], at.right[i]);
    }
}

// The weights of the four neighbors of a run of pixels.
struct Weights {
    float tl[run], tr[run], bl[run], br[run];
    GRADUS_INLINE void of(const Places& at, i64 count) {
        for (i64 i = 0; i < count; ++i) {
            const float down = at.down[i], right = at.right[i];
            tl[i] = (1 - down) * (1 - right), tr[i] = (1 - down) * right;
            bl[i] = down * (1 - right), br[i] = down * right;
        }
    }
};

// One pixel of y at a time from its four neighbors; `channels` is 0 where their number is not known in advance.
template <int channels>
void forward(Pixels<const float> x, const float* matrix, Pixels<float> y, const AffineShape& s, Stream stream) {
    const i64 C = channels ? channels : s.C;
    parallel_ranges(stream, s.N * s.P, rows_per_block(4 * s.Q * C), [&](i64 first, i64 last) {
        Places at;
        for (i64 row = first; row < last; ++row) {
            const i64 n = row / s.P;
            const AffineMatrix m = affine_matrix_of(matrix, s, n);
            for (i64 q = 0; q < s.Q; ++q) {
                const i64 i = q % run;
                if (i == 0) find_places(m, row % s.P, q, least(run, s.Q - q), at);
                const float down = at.down[i], right = at.right[i];
                const auto [tl, tr, bl, br] = neighbors(x, s, n, at.h[i], at.w[i]);
                const float w00 = (1 - down) * (1 - right), w01 = (1 - down) * right, w10 = down * (1 - right),
                            w11 = down * right;
                float* to = y[row * s.Q + q];
                if (channels == 3 && at.h[i] >= 0 && at.h[i] + 2 < s.H && at.w[i] >= 0 && at.w[i] + 1 < s.W) {
                    // Rows of a turned picture are read in short pieces, which the processor does not see coming.
                    __builtin_prefetch(bl + 3 * s.W * x.stride);
                    const Colors sum = w00 * colors(tl) + w01 * colors(tr) + w10 * colors(bl) + w11 * colors(br);
                    for (int c = 0; c < 3; ++c) to[c] = sum[c];
                    continue;
                }
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
// gets in the order of the pixels of dy, however many threads there are. The shares are added up in scratch that has a
// row and a column more on every side, so that none needs to be asked where it goes, and room for `channels` each.
template <int channels>
void scatter(Pixels<const float> dy, const float* matrix, Pixels<float> dx, const AffineShape& s, Write write,
             std::byte* scratch, Stream stream) {
    constexpr bool three = channels == 3;
    const i64 C = s.C, room = three ? 4 : s.C, blocks = ceil_div(s.H, affine_rows_at_once), wide = (s.W + 2) * room;
    parallel_for(stream, s.N * blocks, [&](i64 task, int thread) {
        const i64 n = task / blocks, first = task % blocks * affine_rows_at_once,
                  last = least(s.H, first + affine_rows_at_once);
        const AffineMatrix m = affine_matrix_of(matrix, s, n);
        float* sums = reinterpret_cast<float*>(scratch) + thread * (affine_rows_at_once + 2) * wide;
        zero(sums, (last - first + 2) * wide);
        Places at;
        Weights weights;
        for (i64 p = 0; p < s.P; ++p) {
            const auto row = static_cast<double>(p);
            i64 begin = 0, end = s.Q;
            narrow(m.a * row + m.c, m.b, static_cast<double>(first - 1), static_cast<double>(last), begin, end);
            narrow(m.d * row + m.f, m.e, -1, static_cast<double>(s.W), begin, end);
            for (i64 q = begin; q < end; q += run) {
                const i64 count = least(run, end - q);
                find_places(m, p, q, count, at);
                weights.of(at, count);
                for (i64 i = 0; i < count; ++i) {
                    const i64 h = at.h[i] - first + 1, w = at.w[i] + 1;  // in the sums
                    if (h < 0 || h > last - first || w < 0 || w > s.W) continue;
                    const i64 pixel = (n * s.P + p) * s.Q + q + i;
                    const float* from = dy[pixel];
                    float *above = sums + h * wide + w * room, *below = above + wide;
                    if constexpr (three) {
                        Colors color = {from[0], from[1], from[2], 0};
                        if (pixel + 1 < s.N * s.P * s.Q) color = colors(from);
                        const auto give = [&](float* to, float weight) {
                            *reinterpret_cast<Colors*>(to) = colors(to) + weight * color;
                        };
                        give(above, weights.tl[i]), give(above + room, weights.tr[i]);
                        give(below, weights.bl[i]), give(below + room, weights.br[i]);
                    } else
                        for (i64 c = 0; c < C; ++c) {
                            above[c] += weights.tl[i] * from[c], above[room + c] += weights.tr[i] * from[c];
                            below[c] += weights.bl[i] * from[c], below[room + c] += weights.br[i] * from[c];
                        }
                }
            }
        }
        for (i64 h = first; h < last; ++h)
            for (i64 w = 0; w < s.W; ++w) {
                const float* sum = sums + (h - first + 1) * wide + (w + 1) * room;
                float* to = dx[(n * s.H + h) * s.W + w];
                for (i64 c = 0; c < C; ++c) to[c] = write == Write::accumulate ? to[c] + sum[c] : sum[c];
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
                            Write write, std::byte* scratch, Stream stream) {
    if (s.border == PadMode::zero && s.C == 3)
        scatter<3>(dy, matrix, dx, s, write, scratch, stream);
    else if (s.border == PadMode::zero)
        scatter<0>(dy, matrix, dx, s, write, scratch, stream);
    else if (s.C == 3)
        gather<3>(dy, matrix, dx, s, write, stream);
    else
        gather<0>(dy, matrix, dx, s, write, stream);
}

}  // namespace gradus::kernels::cpu::GRADUS_ISA
