#include "kernels/max_pool2d.h"

#include "kernels/reference/pool2d_windows.h"

namespace gradus::kernels::reference {

template <class T>
void max_pool2d(Pixels<const T> x, Pixels<T> y, Pixels<std::uint8_t> index, const Pool2dShape& z, Stream) {
    for (std::int64_t n = 0; n < z.N; ++n)
        for (std::int64_t p = 0; p < z.P; ++p)
            for (std::int64_t q = 0; q < z.Q; ++q)
                for (std::int64_t c = 0; c < z.C; ++c) {
                    T best = T(0);
                    std::int64_t winner = -1;
                    for_pixels(z, p, q, [&](std::int64_t h, std::int64_t w, std::int64_t tap) {
                        const T value = x[(n * z.H + h) * z.W + w][c];
                        const bool first_nan = value != value && best == best;
                        if (winner >= 0 && !(value > best) && !first_nan) return;
                        best = value;
                        winner = tap;
                    });
                    const std::int64_t at = (n * z.P + p) * z.Q + q;
                    y[at][c] = best;
                    if (index.data) index[at][c] = static_cast<std::uint8_t>(winner);
                }
}

template <class T>
void max_pool2d_backward(Pixels<const T> dy, Pixels<const std::uint8_t> index, Pixels<T> dx, const Pool2dShape& z,
                         Write write, Stream) {
    for (std::int64_t n = 0; n < z.N; ++n)
        for (std::int64_t h = 0; h < z.H; ++h)
            for (std::int64_t w = 0; w < z.W; ++w)
                for (std::int64_t c = 0; c < z.C; ++c) {
                    double sum = 0;
                    for_windows(z, h, w, [&](std::int64_t p, std::int64_t q, std::int64_t tap) {
                        const std::int64_t at = (n * z.P + p) * z.Q + q;
                        if (index[at][c] == tap) sum += static_cast<double>(dy[at][c]);
                    });
                    T& out = dx[(n * z.H + h) * z.W + w][c];
                    const double kept = write == Write::accumulate ? static_cast<double>(out) : 0.0;
                    out = T(static_cast<Compute<T>>(kept + sum));
                }
}

#define INSTANTIATE(T)                                                                                               \
    template void max_pool2d<T>(Pixels<const T>, Pixels<T>, Pixels<std::uint8_t>, const Pool2dShape&, Stream);       \
    template void max_pool2d_backward<T>(Pixels<const T>, Pixels<const std::uint8_t>, Pixels<T>, const Pool2dShape&, \
                                         Write, Stream);
INSTANTIATE(float)
INSTANTIATE(bf16)
INSTANTIATE(double)

}  // namespace gradus::kernels::reference
