#include "kernels/arithmetic.h"

namespace gradus::kernels::reference {

template <class T>
void arithmetic(Pixels<const T> a, Pixels<const T> b, Pixels<T> y, std::int64_t pixels, std::int64_t channels,
                Arithmetic operation, Repeat repeat, Write write, Stream) {
    for (std::int64_t i = 0; i < pixels; ++i)
        for (std::int64_t c = 0; c < channels; ++c) {
            const auto left = static_cast<double>(a[i][c]);
            const auto right = static_cast<double>(b[repeat == Repeat::none ? i : 0][repeat == Repeat::one ? 0 : c]);
            const double kept = write == Write::accumulate ? static_cast<double>(y[i][c]) : 0.0;
            const double result = operation == Arithmetic::subtract   ? left - right
                                  : operation == Arithmetic::multiply ? left * right
                                                                      : left / right;
            y[i][c] = static_cast<T>(static_cast<Compute<T>>(kept + result));
        }
}

#define INSTANTIATE(T)                                                                                               \
    template void arithmetic<T>(Pixels<const T>, Pixels<const T>, Pixels<T>, std::int64_t, std::int64_t, Arithmetic, \
                                Repeat, Write, Stream);
INSTANTIATE(float)
INSTANTIATE(bf16)
INSTANTIATE(double)

}  // namespace gradus::kernels::reference
