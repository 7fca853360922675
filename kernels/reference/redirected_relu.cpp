#include "kernels/redirected_relu.h"

namespace gradus::kernels::reference {

template <class T>
void redirected_relu_backward(Pixels<const T> x, Pixels<const T> dy, Pixels<T> dx, const BatchShape& b, std::byte*,
                              Write write, Stream) {
    for (std::int64_t item = 0; item < b.items; ++item) {
        const std::int64_t first = item * b.pixels, last = first + b.pixels;
        bool dead = true;
        for (std::int64_t i = first; i < last; ++i)
            for (std::int64_t c = 0; c < b.channels; ++c) dead = dead && !(x[i][c] > T(0) && dy[i][c] != T(0));
        for (std::int64_t i = first; i < last; ++i)
            for (std::int64_t c = 0; c < b.channels; ++c) {
                const bool passes = dead ? !(x[i][c] < T(0) && dy[i][c] > T(0)) : x[i][c] > T(0);
                const double kept = write == Write::accumulate ? static_cast<double>(dx[i][c]) : 0.0;
                dx[i][c] = T(kept + (passes ? static_cast<double>(dy[i][c]) : 0.0));
            }
    }
}

#define INSTANTIATE(T)                                                                                        \
    template void redirected_relu_backward<T>(Pixels<const T>, Pixels<const T>, Pixels<T>, const BatchShape&, \
                                              std::byte*, Write, Stream);
INSTANTIATE(float)
INSTANTIATE(bf16)
INSTANTIATE(double)

}  // namespace gradus::kernels::reference
