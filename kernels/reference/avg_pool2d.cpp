#include "kernels/avg_pool2d.h"

#include "kernels/reference/pool2d_windows.h"

namespace gradus::kernels::reference {
namespace {

/// How many of the rows (or columns) from `first` on count: those before `size + pad` with padding, those in 0..size-1
/// without.
std::int64_t counted(std::int64_t first, std::int64_t taps, std::int64_t size, std::int64_t pad, AvgDivisor divisor) {
    std::int64_t count = 0;
    for (std::int64_t i = first; i < first + taps; ++i)
        count += divisor == AvgDivisor::padded ? i < size + pad : i >= 0 && i < size;
    return count;
}

/// What the sum of window (p, q) is divided by.
double divide_by(const Pool2dShape& z, std::int64_t p, std::int64_t q, AvgDivisor divisor) {
    return static_cast<double>(counted(p * z.stride_h - z.pad_h, z.R, z.H, z.pad_h, divisor) *
                               counted(q * z.stride_w - z.pad_w, z.S, z.W, z.pad_w, divisor));
}

}  // namespace

template <class T>
void avg_pool2d(Pixels<const T> x, Pixels<T> y, const Pool2dShape& z, AvgDivisor divisor, Stream) {
    for (std::int64_t n = 0; n < z.N; ++n)
        for (std::int64_t p = 0; p < z.P; ++p)
            for (std::int64_t q = 0; q < z.Q; ++q)
                for (std::int64_t c = 0; c < z.C; ++c) {
                    double sum = 0;
                    for_pixels(z, p, q, [&](std::int64_t h, std::int64_t w, std::int64_t) {
                        sum += static_cast<double>(x[(n * z.H + h) * z.W + w][c]);
                    });
                    y[(n * z.P + p) * z.Q + q][c] = T(static_cast<Compute<T>>(sum / divide_by(z, p, q, divisor)));
                }
}

template <class T>
void avg_pool2d_backward(Pixels<const T> dy, Pixels<T> dx, const Pool2dShape& z, AvgDivisor divisor, Write write,
                         Stream) {
    for (std::int64_t n = 0; n < z.N; ++n)
        for (std::int64_t h = 0; h < z.H; ++h)
            for (std::int64_t w = 0; w < z.W; ++w)
                for (std::int64_t c = 0; c < z.C; ++c) {
                    double sum = 0;
                    for_windows(z, h, w, [&](std::int64_t p, std::int64_t q, std::int64_t) {
                        sum += static_cast<double>(dy[(n * z.P + p) * z.Q + q][c]) / divide_by(z, p, q, divisor);
                    });
                    T& out = dx[(n * z.H + h) * z.W + w][c];
                    const double kept = write == Write::accumulate ? static_cast<double>(out) : 0.0;
                    out = T(static_cast<Compute<T>>(kept + sum));
                }
}

#define INSTANTIATE(T)                                                                               \
    template void avg_pool2d<T>(Pixels<const T>, Pixels<T>, const Pool2dShape&, AvgDivisor, Stream); \
    template void avg_pool2d_backward<T>(Pixels<const T>, Pixels<T>, const Pool2dShape&, AvgDivisor, Write, Stream);
INSTANTIATE(float)
INSTANTIATE(bf16)
INSTANTIATE(double)

}  // namespace gradus::kernels::reference
