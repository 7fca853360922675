// A task computes some rows of the output (backward: of the input), four vectors of channels at a time.
#include "kernels/avg_pool2d.h"

#include "kernels/cpu/pool2d_windows.h"

namespace gradus::kernels::cpu::GRADUS_ISA {
namespace {

/// How many rows (or columns) of the window that starts at `start` count.
GRADUS_INLINE i64 counted(i64 start, i64 taps, i64 size, i64 pad, AvgDivisor divisor) {
    if (divisor == AvgDivisor::padded) return least(taps, size + pad - start);
    const Range inside = taps_inside(start, taps, size);
    return inside.end - inside.first;
}

GRADUS_INLINE float weight(const Pool2dShape& z, i64 p, i64 q, AvgDivisor divisor) {
    return 1.0f / static_cast<float>(counted(p * z.stride_h - z.pad_h, z.R, z.H, z.pad_h, divisor) *
                                     counted(q * z.stride_w - z.pad_w, z.S, z.W, z.pad_w, divisor));
}

template <class T>
void forward(Pixels<const T> x, Pixels<T> y, const Pool2dShape& z, AvgDivisor divisor, Stream stream) {
    parallel_ranges(stream, z.N * z.P, rows_of_task(z.Q * z.C), [&](i64 begin, i64 end) {
        for (i64 row = begin; row < end; ++row) {
            const i64 n = row / z.P, p = row % z.P, top = p * z.stride_h - z.pad_h;
            const Range rows = taps_inside(top, z.R, z.H);
            for (i64 q = 0; q < z.Q; ++q) {
                const i64 at = row * z.Q + q, left = q * z.stride_w - z.pad_w;
                const Range columns = taps_inside(left, z.S, z.W);
                const float share = weight(z, p, q, divisor);
                for_channels(
                    z.C, [&]<int vectors>(i64 c, i64 count) __attribute__((always_inline)) {
                        vec sum[vectors] = {};
                        for (i64 r = rows.first; r < rows.end; ++r)
                            for (i64 s = columns.first; s < columns.end; ++s) {
                                const T* tap = x[(n * z.H + top + r) * z.W + left + s] + c;
                                for (int v = 0; v < vectors; ++v) sum[v] += load(tap + v * lanes, count);
                            }
                        for (int v = 0; v < vectors; ++v) store(y[at] + c + v * lanes, sum[v] * share, count);
                    });
            }
        }
    });
}

template <class T>
void backward(Pixels<const T> dy, Pixels<T> dx, const Pool2dShape& z, AvgDivisor divisor, Write write, Stream stream) {
    parallel_ranges(stream, z.N * z.H, rows_of_task(z.W * z.C), [&](i64 begin, i64 end) {
        for (i64 row = begin; row < end; ++row) {
            const i64 n = row / z.H, h = row % z.H;
            const Range rows = windows_over(h, z.R, z.stride_h, z.pad_h, z.P, {0, 0});
            Range columns = {0, 0};
            for (i64 w = 0; w < z.W; ++w) {
                const i64 at = row * z.W + w;
                columns = windows_over(w, z.S, z.stride_w, z.pad_w, z.Q, columns);
                for_channels(
                    z.C, [&]<int vectors>(i64 c, i64 count) __attribute__((always_inline)) {
                        vec sum[vectors];
                        for (int v = 0; v < vectors; ++v)
                            sum[v] = write == Write::accumulate ? load(dx[at] + c + v * lanes, count) : vec{};
                        for (i64 p = rows.first; p < rows.end; ++p)
                            for (i64 q = columns.first; q < columns.end; ++q) {
                                const float share = weight(z, p, q, divisor);
                                const T* from = dy[(n * z.P + p) * z.Q + q] + c;
                                for (int v = 0; v < vectors; ++v) sum[v] += load(from + v * lanes, count) * share;
                            }
                        for (int v = 0; v < vectors; ++v) store(dx[at] + c + v * lanes, sum[v], count);
                    });
            }
        }
    });
}

}  // namespace

#define PROVIDE(T)                                                                                                 \
    void avg_pool2d(Pixels<const T> x, Pixels<T> y, const Pool2dShape& shape, AvgDivisor divisor, Stream stream) { \
        forward(x, y, shape, divisor, stream);                                                                     \
    }                                                                                                              \
    void avg_pool2d_backward(Pixels<const T> dy, Pixels<T> dx, const Pool2dShape& shape, AvgDivisor divisor,       \
                             Write write, Stream stream) {                                                         \
        backward(dy, dx, shape, divisor, write, stream);                                                           \
    }
PROVIDE(float)
PROVIDE(bf16)

}  // namespace gradus::kernels::cpu::GRADUS_ISA
