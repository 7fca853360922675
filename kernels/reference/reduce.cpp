#include "kernels/reduce.h"

namespace gradus::kernels::reference {

template <class T>
void sum(Pixels<const T> x, Compute<T>* y, std::int64_t pixels, std::int64_t channels, double factor, std::byte*,
         Stream) {
    double total = 0;
    for (std::int64_t i = 0; i < pixels; ++i)
        for (std::int64_t c = 0; c < channels; ++c) total += static_cast<double>(x[i][c]);
    *y = static_cast<Compute<T>>(factor * total);
}

template <class T>
void dot(Pixels<const T> a, Pixels<const T> b, Compute<T>* y, std::int64_t pixels, std::int64_t channels, std::byte*,
         Stream) {
    double total = 0;
    for (std::int64_t i = 0; i < pixels; ++i)
        for (std::int64_t c = 0; c < channels; ++c)
            total += static_cast<double>(a[i][c]) * static_cast<double>(b[i][c]);
    *y = static_cast<Compute<T>>(total);
}

template <class T>
void channel_sums(Pixels<const T> x, Compute<T>* y, std::int64_t pixels, std::int64_t channels, std::byte*, Stream) {
    for (std::int64_t c = 0; c < channels; ++c) {
        double total = 0;
        for (std::int64_t i = 0; i < pixels; ++i) total += static_cast<double>(x[i][c]);
        y[c] = static_cast<Compute<T>>(total);
    }
}

template <class T>
void dot_backward(Pixels<const T> x, const Compute<T>* d, Pixels<T> dx, std::int64_t pixels, std::int64_t channels,
                  double factor, Write write, Stream) {
    for (std::int64_t i = 0; i < pixels; ++i)
        for (std::int64_t c = 0; c < channels; ++c) {
            const double kept = write == Write::accumulate ? static_cast<double>(dx[i][c]) : 0.0;
            const double value = kept + factor * static_cast<double>(*d) * static_cast<double>(x[i][c]);
            dx[i][c] = static_cast<T>(static_cast<Compute<T>>(value));
        }
}

#define INSTANTIATE(T)                                                                                               \
    template void sum<T>(Pixels<const T>, Compute<T>*, std::int64_t, std::int64_t, double, std::byte*, Stream);      \
    template void dot<T>(Pixels<const T>, Pixels<const T>, Compute<T>*, std::int64_t, std::int64_t, std::byte*,      \
                         Stream);                                                                                    \
    template void channel_sums<T>(Pixels<const T>, Compute<T>*, std::int64_t, std::int64_t, std::byte*, Stream);     \
    template void dot_backward<T>(Pixels<const T>, const Compute<T>*, Pixels<T>, std::int64_t, std::int64_t, double, \
                                  Write, Stream);
INSTANTIATE(float)
INSTANTIATE(bf16)
INSTANTIATE(double)

}  // namespace gradus::kernels::reference
