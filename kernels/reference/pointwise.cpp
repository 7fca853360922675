#include "kernels/pointwise.h"

#include "kernels/pointwise_functions.h"

namespace gradus::kernels::reference {

template <class T>
void pointwise(Pixels<const T> x, Pixels<T> y, std::int64_t pixels, std::int64_t channels, const Pointwise& p,
               Write write, Stream) {
    with_function<double>(p, [&](auto f) {
        for (std::int64_t i = 0; i < pixels; ++i)
            for (std::int64_t c = 0; c < channels; ++c) {
                const double kept = write == Write::accumulate ? static_cast<double>(y[i][c]) : 0.0;
                y[i][c] = static_cast<T>(static_cast<Compute<T>>(kept + f.value(static_cast<double>(x[i][c]))));
            }
    });
}

template <class T>
void pointwise_backward(Pixels<const T> at, Pixels<const T> dy, Pixels<T> dx, std::int64_t pixels,
                        std::int64_t channels, const Pointwise& p, Write write, Stream) {
    with_function<double>(p, [&](auto f) {
        for (std::int64_t i = 0; i < pixels; ++i)
            for (std::int64_t c = 0; c < channels; ++c) {
                const double kept = write == Write::accumulate ? static_cast<double>(dx[i][c]) : 0.0;
                const double slope = f.slope(static_cast<double>(at[i][c]));
                dx[i][c] = static_cast<T>(static_cast<Compute<T>>(kept + slope * static_cast<double>(dy[i][c])));
            }
    });
}

#define INSTANTIATE(T)                                                                                           \
    template void pointwise<T>(Pixels<const T>, Pixels<T>, std::int64_t, std::int64_t, const Pointwise&, Write,  \
                               Stream);                                                                          \
    template void pointwise_backward<T>(Pixels<const T>, Pixels<const T>, Pixels<T>, std::int64_t, std::int64_t, \
                                        const Pointwise&, Write, Stream);
INSTANTIATE(float)
INSTANTIATE(bf16)
INSTANTIATE(double)

}  // namespace gradus::kernels::reference
