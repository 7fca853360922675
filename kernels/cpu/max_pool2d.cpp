// A task computes some rows of the output (backward: of the input), four vectors of channels at a time, so that a
// window's taps are found once for all of them.
#include "kernels/max_pool2d.h"

#include "kernels/cpu/pool2d_windows.h"

namespace gradus::kernels::cpu::GRADUS_ISA {
namespace {

typedef std::uint8_t bytes __attribute__((vector_size(lanes), aligned(1), may_alias));

GRADUS_INLINE void store_index(std::uint8_t* p, words v, i64 n) {
    if (n >= lanes)
        *reinterpret_cast<bytes*>(p) = __builtin_convertvector(v, bytes);
    else
        for (i64 i = 0; i < n; ++i) p[i] = static_cast<std::uint8_t>(v[i]);
}

template <class T>
void forward(Pixels<const T> x, Pixels<T> y, Pixels<std::uint8_t> index, const Pool2dShape& z, Stream stream) {
    parallel_ranges(stream, z.N * z.P, rows_of_task(z.Q * z.C), [&](i64 begin, i64 end) {
        for (i64 row = begin; row < end; ++row) {
            const i64 n = row / z.P, top = row % z.P * z.stride_h - z.pad_h;
            const Range rows = taps_inside(top, z.R, z.H);
            for (i64 q = 0; q < z.Q; ++q) {
                const i64 at = row * z.Q + q, left = q * z.stride_w - z.pad_w;
                const Range columns = taps_inside(left, z.S, z.W);
                const i64 corner = (n * z.H + top) * z.W + left;  // may lie outside, its taps do not
                for_channels(
                    z.C, [&]<int vectors>(i64 c, i64 count) __attribute__((always_inline)) {
                        vec best[vectors];
                        words winner[vectors];
                        for (int v = 0; v < vectors; ++v) {
                            best[v] = load(x[corner + rows.first * z.W + columns.first] + c + v * lanes, count);
                            winner[v] = words{} + static_cast<std::uint32_t>(rows.first * z.S + columns.first);
                        }
                        for (i64 r = rows.first; r < rows.end; ++r)
                            for (i64 s = columns.first; s < columns.end; ++s) {
                                const T* tap = x[corner + r * z.W + s] + c;
                                const words number = words{} + static_cast<std::uint32_t>(r * z.S + s);
                                for (int v = 0; v < vectors; ++v) {
                                    const vec value = load(tap + v * lanes, count);
                                    // A larger value, or the first NaN.
                                    const auto wins = ~(value <= best[v]) & (best[v] == best[v]);
                                    best[v] = wins ? value : best[v];
                                    winner[v] = wins ? number : winner[v];
                                }
                            }
                        for (int v = 0; v < vectors; ++v) {
                            store(y[at] + c + v * lanes, best[v], count);
                            if (index.data) store_index(index[at] + c + v * lanes, winner[v], count);
                        }
                    });
            }
        }
    });
}

// Twice as wide in each step: at once, GCC widens byte by byte.
GRADUS_INLINE words load_index(const std::uint8_t* p, i64 n) {
    bytes v = {};
    if (n >= lanes)
        v = *reinterpret_cast<const bytes*>(p);
    else
        for (i64 i = 0; i < n; ++i) v[i] = p[i];
    return __builtin_convertvector(__builtin_convertvector(v, half_words), words);
}

template <class T>
void backward(Pixels<const T> dy, Pixels<const std::uint8_t> index, Pixels<T> dx, const Pool2dShape& z, Write write,
              Stream stream) {
    parallel_ranges(stream, z.N * z.H, rows_of_task(z.W * z.C), [&](i64 begin, i64 end) {
        for (i64 row = begin; row < end; ++row) {
            const i64 n = row / z.H, h = row % z.H;
            const Range rows = windows_over(h, z.R, z.stride_h, z.pad_h, z.P, {0, 0});
            Range columns = {0, 0};
            for (i64 w = 0; w < z.W; ++w) {
                columns = windows_over(w, z.S, z.stride_w, z.pad_w, z.Q, columns);
                for_channels(
                    z.C, [&]<int vectors>(i64 c, i64 count) __attribute__((always_inline)) {
                        vec sum[vectors] = {};
                        for (i64 p = rows.first; p < rows.end; ++p)
                            for (i64 q = columns.first; q < columns.end; ++q) {
                                const i64 window = (n * z.P + p) * z.Q + q;
                                const words tap =
                                    words{} + static_cast<std::uint32_t>((h + z.pad_h - p * z.stride_h) * z.S + w +
                                                                         z.pad_w - q * z.stride_w);
                                for (int v = 0; v < vectors; ++v) {
                                    const i64 channel = c + v * lanes;
                                    const vec slope = load(dy[window] + channel, count);
                                    sum[v] += load_index(index[window] + channel, count) == tap ? slope : vec{};
                                }
                            }
                        T* to = dx[row * z.W + w] + c;
                        for (int v = 0; v < vectors; ++v)
                            store(to + v * lanes,
                                  write == Write::accumulate ? load(to + v * lanes, count) + sum[v] : sum[v], count);
                    });
            }
        }
    });
}

}  // namespace

#define PROVIDE(T)                                                                                        \
    void max_pool2d(Pixels<const T> x, Pixels<T> y, Pixels<std::uint8_t> index, const Pool2dShape& shape, \
                    Stream stream) {                                                                      \
        forward(x, y, index, shape, stream);                                                              \
    }                                                                                                     \
    void max_pool2d_backward(Pixels<const T> dy, Pixels<const std::uint8_t> index, Pixels<T> dx,          \
                             const Pool2dShape& shape, Write write, Stream stream) {                      \
        backward(dy, index, dx, shape, write, stream);                                                    \
    }
PROVIDE(float)
PROVIDE(bf16)

}  // namespace gradus::kernels::cpu::GRADUS_ISA
