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
// Two pixels side by side, and two numbers of what follows.
typedef float Pair __attribute__((vector_size(32), aligned(4), may_alias));
GRADUS_INLINE Pair pair(const float* p) { return *reinterpret_cast<const Pair*>(p); }

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

// Pixels first, first + 1 ... of a run, as long as all that is read lies inside of the picture; returns the one that
// follows. Three colors, pixel behind pixel; what is written ends one number behind the last of them.
[[gnu::noinline]] i64 sample_inside(const float* picture, const AffineShape& s, const Places& at, i64 first, i64 last,
                                    float* to) {
    const i64 stride = 3 * s.W, high = s.H - 2, wide = s.W - 1;
    i64 i = first;
    for (; i < last; ++i) {
        const i64 h = at.h[i], w = at.w[i];
        if (h < 0 || h >= high || w < 0 || w >= wide) break;
        const float *above = picture + h * stride + 3 * w, *below = above + stride;
        // Rows of a turned picture are read in short pieces, which the processor does not see coming.
        __builtin_prefetch(below + 3 * stride);
        const Pair top = pair(above), both = top + at.down[i] * (pair(below) - top);
        const Colors left = __builtin_shufflevector(both, both, 0, 1, 2, 3),
                     right = __builtin_shufflevector(both, both, 3, 4, 5, 6);
        *reinterpret_cast<Colors*>(to + 3 * i) = left + at.right[i] * (right - left);
    }
    return i;
}

// A pixel of y from its four neighbors; `channels` is 0 where their number is not known in advance.
template <int channels>
void sample(Pixels<const float> x, const AffineShape& s, i64 n, const Places& at, i64 i, float* to) {
    const i64 C = channels ? channels : s.C;
    const float down = at.down[i], right = at.right[i];
    const auto [tl, tr, bl, br] = neighbors(x, s, n, at.h[i], at.w[i]);
    const auto between = [&](float a, float b, float c, float d) {
        const float start = a + down * (c - a), end = b + down * (d - b);
        return start + right * (end - start);
    };
    if (tl && tr && bl && br)
        for (i64 c = 0; c < C; ++c) to[c] = between(tl[c], tr[c], bl[c], br[c]);
    else
        for (i64 c = 0; c < C; ++c)
            to[c] = between(tl ? tl[c] : s.fill, tr ? tr[c] : s.fill, bl ? bl[c] : s.fill, br ? br[c] : s.fill);
}

template <int channels>
void forward(Pixels<const float> x, const float* matrix, Pixels<float> y, const AffineShape& s, Stream stream) {
    const bool dense = channels == 3 && x.stride == 3 && y.stride == 3;
    parallel_ranges(stream, s.N * s.P, rows_per_block(4 * s.Q * s.C), [&](i64 first, i64 last) {
        Places at;
        for (i64 row = first; row < last; ++row) {
            const i64 n = row / s.P;
            const AffineMatrix m = affine_matrix_of(matrix, s, n);
            for (i64 q = 0; q < s.Q; q += run) {
                const i64 count = least(run, s.Q - q);
                find_places(m, row % s.P, q, count, at);
                for (i64 i = 0; i < count; ++i) {
                    if (dense)
                        i = sample_inside(x[n * s.H * s.W], s, at, i, least(count, s.Q - 1 - q), y[row * s.Q + q]);
                    if (i < count) sample<channels>(x, s, n, at, i, y[row * s.Q + q + i]);
                }
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

// The sums of some rows of dx, while the pixels of dy give each of their four neighbors its share. There is a row and a
// column more on every side, so that no share needs to be asked where it goes, and room for `room` numbers a pixel.
//
// Of three colors there are two such sums, for every second pixel of dy each: two neighbors, side by side, get their
// shares at once, and the next pixel would have to wait for these very numbers.
struct Sums {
    float* data;
    i64 first, rows, W, room;
    GRADUS_INLINE i64 wide() const { return (W + 2) * room; }
    GRADUS_INLINE i64 size() const { return (rows + 2) * wide(); }
    GRADUS_INLINE bool has(i64 h, i64 w) const { return h >= first - 1 && h < first + rows && w >= -1 && w < W; }
    GRADUS_INLINE float* at(i64 h, i64 w) const { return data + (h - first + 1) * wide() + (w + 1) * room; }
};

// Three colors, pixel behind pixel; what is read ends one number behind the last pixel.
[[gnu::noinline]] void give_colors(const float* dy, const Places& at, i64 count, const Sums sums) {
    const i64 wide = sums.wide(), other = sums.size();
    const Pair base = {1, 1, 1, 1, 0, 0, 0, 0}, sign = {-1, -1, -1, -1, 1, 1, 1, 1};
    for (i64 i = 0; i < count; ++i) {
        if (!sums.has(at.h[i], at.w[i])) continue;
        const Colors color = colors(dy + 3 * i);
        const Pair shares = (base + sign * at.right[i]) * __builtin_shufflevector(color, color, 0, 1, 2, 3, 0, 1, 2, 3),
                   low = shares * at.down[i];
        float *above = sums.at(at.h[i], at.w[i]) + i % 2 * other, *below = above + wide;
        *reinterpret_cast<Pair*>(above) = pair(above) + (shares - low);
        *reinterpret_cast<Pair*>(below) = pair(below) + low;
    }
}
void give(const float* dy, i64 C, const Places& at, i64 i, const Sums& sums) {
    if (!sums.has(at.h[i], at.w[i])) return;
    const float down = at.down[i], right = at.right[i];
    float *above = sums.at(at.h[i], at.w[i]), *below = above + sums.wide();
    for (i64 c = 0; c < C; ++c) {
        const float start = (1 - right) * dy[c], end = right * dy[c];
        above[c] += start - start * down, above[sums.room + c] += end - end * down;
        below[c] += start * down, below[sums.room + c] += end * down;
    }
}

// All pixels of a row of dx but the last: what is written ends one number behind. Returns how many.
[[gnu::noinline]] i64 take_colors(const Sums sums, i64 h, float* dx) {
    const float *from = sums.at(h, 0), *other = from + sums.size();
    for (i64 w = 0; w + 1 < sums.W; ++w)
        *reinterpret_cast<Colors*>(dx + 3 * w) = colors(from + 4 * w) + colors(other + 4 * w);
    return sums.W - 1;
}

// Where nothing beyond the border is read, a block of rows of dx goes through the pixels of dy that read one of them;
// rows of another block are left to that. What a pixel of dx gets, it gets in the order of the pixels of dy, however
// many threads there are.
void scatter(Pixels<const float> dy, const float* matrix, Pixels<float> dx, const AffineShape& s, Write write,
             std::byte* scratch, Stream stream) {
    const i64 blocks = ceil_div(s.H, affine_rows_at_once), pixels = s.N * s.P * s.Q;
    const bool dense = s.C == 3 && dy.stride == 3;
    parallel_for(stream, s.N * blocks, [&](i64 task, int thread) {
        const i64 n = task / blocks, first = task % blocks * affine_rows_at_once,
                  last = least(s.H, first + affine_rows_at_once);
        const AffineMatrix m = affine_matrix_of(matrix, s, n);
        const i64 own = affine_backward_scratch_floats(s);
        const Sums sums{reinterpret_cast<float*>(scratch) + thread * own, first, last - first, s.W, s.C == 3 ? 4 : s.C};
        zero(sums.data, own);
        Places at;
        for (i64 p = 0; p < s.P; ++p) {
            const auto row = static_cast<double>(p);
            i64 begin = 0, end = s.Q;
            narrow(m.a * row + m.c, m.b, static_cast<double>(first - 1), static_cast<double>(last), begin, end);
            narrow(m.d * row + m.f, m.e, -1, static_cast<double>(s.W), begin, end);
            for (i64 q = begin; q < end; q += run) {
                const i64 count = least(run, end - q), pixel = (n * s.P + p) * s.Q + q;
                find_places(m, p, q, count, at);
                i64 i = dense ? least(count, pixels - 1 - pixel) : 0;
                if (dense) give_colors(dy[pixel], at, i, sums);
                for (; i < count; ++i) give(dy[pixel + i], s.C, at, i, sums);
            }
        }
        for (i64 h = first; h < last; ++h) {
            float* line = dx[(n * s.H + h) * s.W];
            i64 w = s.C == 3 && dx.stride == 3 && write == Write::overwrite ? take_colors(sums, h, line) : 0;
            for (; w < s.W; ++w) {
                float* to = line + w * dx.stride;
                for (i64 c = 0; c < s.C; ++c) {
                    const float sum = sums.at(h, w)[c] + (s.C == 3 ? sums.at(h, w)[sums.size() + c] : 0);
                    to[c] = write == Write::accumulate ? to[c] + sum : sum;
                }
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
                            Write write, std::byte* scratch, Stream stream) {
    if (s.border == PadMode::zero)
        scatter(dy, matrix, dx, s, write, scratch, stream);
    else if (s.C == 3)
        gather<3>(dy, matrix, dx, s, write, stream);
    else
        gather<0>(dy, matrix, dx, s, write, stream);
}

}  // namespace gradus::kernels::cpu::GRADUS_ISA
