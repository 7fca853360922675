#include "kernels/relu.h"

namespace gradus::kernels::reference {

template <class T>
void relu(Pixels<const T> x, Pixels<T> y, std::int64_t pixels, std::int64_t channels, Stream) {
    for (std::int64_t i = 0; i < pixels; ++i)
        for (std::int64_t c = 0; c < channels; ++c) y[i][c] = x[i][c] > T(0) ? x[i][c] : T(0);
}

template <class T>
void relu_backward(Pixels<const T> y, Pixels<const T> dy, Pixels<T> dx, std::int64_t pixels, std::int64_t channels,
                   ReluRule rule, Write write, Stream) {
    for (std::int64_t i = 0; i < pixels; ++i)
        for (std::int64_t c = 0; c < channels; ++c) {
            const bool active = rule == ReluRule::deconvnet || y[i][c] > T(0);
            const bool passes = active && (rule == ReluRule::plain || dy[i][c] > T(0));
            const double kept = write == Write::accumulate ? static_cast<double>(dx[i][c]) : 0.0;
            dx[i][c] = T(kept + (passes ? static_cast<double>(dy[i][c]) : 0.0));
        }
}

#define INSTANTIATE(T)                                                                                                \
    template void relu<T>(Pixels<const T>, Pixels<T>, std::int64_t, std::int64_t, Stream);                            \
    template void relu_backward<T>(Pixels<const T>, Pixels<const T>, Pixels<T>, std::int64_t, std::int64_t, ReluRule, \
                                   Write, Stream);
INSTANTIATE(float)
INSTANTIATE(bf16)
INSTANTIATE(double)

}  // namespace gradus::kernels::reference
