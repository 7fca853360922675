#include "kernels/pad.h"

#include "kernels/cpu/parallel.h"
#include "kernels/cpu/pixel_runs.h"
#include "kernels/cpu/simd.h"

namespace gradus::kernels::cpu::GRADUS_ISA {
namespace {

// One row of y at a time: its frame pixel by pixel, what lies between in one run.
template <bool accumulate, class T>
void forward(Pixels<const T> x, Pixels<T> y, const PadShape& s, PadMode mode, Stream stream) {
    const i64 from = least(most(s.left, 0), s.Q), to = most(from, least(s.Q, s.left + s.W));
    parallel_ranges(stream, s.N * s.P, rows_per_block(s.Q * s.C), [&](i64 first, i64 last) {
        for (i64 row = first; row < last; ++row) {
            const i64 h = border_source(row % s.P - s.top, s.H, mode), start = (row / s.P * s.H + h) * s.W;
            const auto pixel = [&](i64 q) {
                const i64 w = h < 0 ? -1 : border_source(q - s.left, s.W, mode);
                if (w >= 0) {
                    put<accumulate>(y[row * s.Q + q], x[start + w], s.C);
                } else if (!accumulate) {
                    for (i64 c = 0; c < s.C; ++c) y[row * s.Q + q][c] = T(0.0f);
                }
            };
            for (i64 q = 0; q < from; ++q) pixel(q);
            if (h >= 0)
                put_pixels<accumulate>(x, start + from - s.left, y, row * s.Q + from, to - from, s.C);
            else
                for (i64 q = from; q < to; ++q) pixel(q);
            for (i64 q = to; q < s.Q; ++q) pixel(q);
        }
    });
}

/// dx = the sum over the rows that show this one, for n contiguous values that each of them shows once.
template <bool accumulate, class T, class Rows>
void sum_rows(T* dx, i64 n, const Rows& for_rows) {
    constexpr i64 chunk = 256;
    float sum[chunk];
    for (i64 at = 0; at < n; at += chunk) {
        const i64 count = least(chunk, n - at);
        for (i64 i = 0; i < count; ++i) sum[i] = accumulate ? static_cast<float>(dx[at + i]) : 0.0f;
        for_rows([&](const T* dy) {
            for (i64 i = 0; i < count; ++i) sum[i] += static_cast<float>(dy[at + i]);
        });
        for (i64 i = 0; i < count; ++i) dx[at + i] = T(sum[i]);
    }
}

// One row of dx at a time: the columns that the frame repeats pixel by pixel, the others in one run.
template <bool accumulate, class T>
void backward(Pixels<const T> dy, Pixels<T> dx, const PadShape& s, PadMode mode, Stream stream) {
    const i64 right = s.Q - s.left - s.W;
    const i64 edge_left = mode == PadMode::reflect    ? s.left + 1
                          : mode == PadMode::circular ? right
                                                      : mode == PadMode::replicate;
    const i64 edge_right = mode == PadMode::reflect    ? right + 1
                           : mode == PadMode::circular ? s.left
                                                       : mode == PadMode::replicate;
    const i64 from = least(edge_left, s.W), to = most(from, s.W - edge_right);
    const bool dense = dy.stride == s.C && dx.stride == s.C;
    parallel_ranges(stream, s.N * s.H, rows_per_block(s.W * s.C), [&](i64 first, i64 last) {
        for (i64 row = first; row < last; ++row) {
            const i64 h = row % s.H, picture = row / s.H * s.P;
            const auto for_rows = [&](const auto& f) {
                for_border_images(h, s.H, -s.top, s.P - 1 - s.top, mode,
                                  [&](i64 v) { f((picture + v + s.top) * s.Q); });
            };
            const auto pixel = [&](i64 w) {
                sum_rows<accumulate>(dx[row * s.W + w], s.C, [&](const auto& f) {
                    for_rows([&](i64 start) {
                        for_border_images(w, s.W, -s.left, s.Q - 1 - s.left, mode,
                                          [&](i64 v) { f(dy[start + v + s.left]); });
                    });
                });
            };
            for (i64 w = 0; w < from; ++w) pixel(w);
            const i64 step = dense ? to - from : 1;
            for (i64 w = from; w < to; w += step)
                sum_rows<accumulate>(dx[row * s.W + w], step * s.C,
                                     [&](const auto& f) { for_rows([&](i64 start) { f(dy[start + w + s.left]); }); });
            for (i64 w = to; w < s.W; ++w) pixel(w);
        }
    });
}

}  // namespace

#define DEFINE(T)                                                                                                      \
    void pad(Pixels<const T> x, Pixels<T> y, const PadShape& s, PadMode mode, Write write, Stream stream) {            \
        if (write == Write::accumulate)                                                                                \
            forward<true>(x, y, s, mode, stream);                                                                      \
        else                                                                                                           \
            forward<false>(x, y, s, mode, stream);                                                                     \
    }                                                                                                                  \
    void pad_backward(Pixels<const T> dy, Pixels<T> dx, const PadShape& s, PadMode mode, Write write, Stream stream) { \
        if (write == Write::accumulate)                                                                                \
            backward<true>(dy, dx, s, mode, stream);                                                                   \
        else                                                                                                           \
            backward<false>(dy, dx, s, mode, stream);                                                                  \
    }
DEFINE(float)
DEFINE(bf16)

}  // namespace gradus::kernels::cpu::GRADUS_ISA
