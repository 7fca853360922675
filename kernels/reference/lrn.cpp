#include "kernels/lrn.h"

#include <cmath>

namespace gradus::kernels::reference {
namespace {

/// Calls f for every channel of the window around c.
template <class F>
void for_window(std::int64_t c, std::int64_t channels, int size, const F& f) {
    for (std::int64_t i = c - size / 2; i <= c + size / 2; ++i)
        if (i >= 0 && i < channels) f(i);
}

template <class T>
double scale(const T* x, std::int64_t c, std::int64_t channels, const LrnOptions& o) {
    double squares = 0;
    for_window(c, channels, o.size, [&](std::int64_t i) {
        const auto v = static_cast<double>(x[i]);
        squares += v * v;
    });
    return o.k + o.alpha / o.size * squares;
}

}  // namespace

template <class T>
void lrn(Pixels<const T> x, Pixels<T> y, std::int64_t pixels, std::int64_t channels, const LrnOptions& o, Stream) {
    for (std::int64_t i = 0; i < pixels; ++i)
        for (std::int64_t c = 0; c < channels; ++c)
            y[i][c] = T(
                static_cast<Compute<T>>(static_cast<double>(x[i][c]) * std::pow(scale(x[i], c, channels, o), -o.beta)));
}

template <class T>
void lrn_backward(Pixels<const T> x, Pixels<const T> dy, Pixels<T> dx, std::int64_t pixels, std::int64_t channels,
                  const LrnOptions& o, Write write, Stream) {
    for (std::int64_t i = 0; i < pixels; ++i)
        for (std::int64_t c = 0; c < channels; ++c) {
            double sum = 0;
            for_window(c, channels, o.size, [&](std::int64_t j) {
                sum += static_cast<double>(dy[i][j]) * static_cast<double>(x[i][j]) *
                       std::pow(scale(x[i], j, channels, o), -o.beta - 1);
            });
            const double own = static_cast<double>(dy[i][c]) * std::pow(scale(x[i], c, channels, o), -o.beta);
            const double others = 2 * o.alpha * o.beta / o.size * static_cast<double>(x[i][c]) * sum;
            const double kept = write == Write::accumulate ? static_cast<double>(dx[i][c]) : 0.0;
            dx[i][c] = T(static_cast<Compute<T>>(kept + own - others));
        }
}

#define INSTANTIATE(T)                                                                                       \
    template void lrn<T>(Pixels<const T>, Pixels<T>, std::int64_t, std::int64_t, const LrnOptions&, Stream); \
    template void lrn_backward<T>(Pixels<const T>, Pixels<const T>, Pixels<T>, std::int64_t, std::int64_t,   \
                                  const LrnOptions&, Write, Stream);
INSTANTIATE(float)
INSTANTIATE(bf16)
INSTANTIATE(double)

}  // namespace gradus::kernels::reference
