#include "kernels/pad.h"

namespace gradus::kernels::reference {

template <class T>
void pad(Pixels<const T> x, Pixels<T> y, const PadShape& s, PadMode mode, Write write, Stream) {
    for (std::int64_t n = 0; n < s.N; ++n)
        for (std::int64_t p = 0; p < s.P; ++p)
            for (std::int64_t q = 0; q < s.Q; ++q)
                for (std::int64_t c = 0; c < s.C; ++c) {
                    const std::int64_t h = border_source(p - s.top, s.H, mode),
                                       w = border_source(q - s.left, s.W, mode);
                    const double value = h < 0 || w < 0 ? 0.0 : static_cast<double>(x[(n * s.H + h) * s.W + w][c]);
                    T& to = y[(n * s.P + p) * s.Q + q][c];
                    to = T(write == Write::accumulate ? static_cast<double>(to) + value : value);
                }
}

template <class T>
void pad_backward(Pixels<const T> dy, Pixels<T> dx, const PadShape& s, PadMode mode, Write write, Stream) {
    for (std::int64_t n = 0; n < s.N; ++n)
        for (std::int64_t h = 0; h < s.H; ++h)
            for (std::int64_t w = 0; w < s.W; ++w)
                for (std::int64_t c = 0; c < s.C; ++c) {
                    T& to = dx[(n * s.H + h) * s.W + w][c];
                    double sum = write == Write::accumulate ? static_cast<double>(to) : 0.0;
                    for_border_images(h, s.H, -s.top, s.P - 1 - s.top, mode, [&](std::int64_t row) {
                        for_border_images(w, s.W, -s.left, s.Q - 1 - s.left, mode, [&](std::int64_t column) {
                            sum += static_cast<double>(dy[(n * s.P + row + s.top) * s.Q + column + s.left][c]);
                        });
                    });
                    to = T(sum);
                }
}

#define INSTANTIATE(T)                                                                         \
    template void pad<T>(Pixels<const T>, Pixels<T>, const PadShape&, PadMode, Write, Stream); \
    template void pad_backward<T>(Pixels<const T>, Pixels<T>, const PadShape&, PadMode, Write, Stream);
INSTANTIATE(float)
INSTANTIATE(bf16)
INSTANTIATE(double)

}  // namespace gradus::kernels::reference
