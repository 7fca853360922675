#include "kernels/spread.h"

namespace gradus::kernels::reference {

template <class T>
void spread(const Compute<T>* x, bool one, Pixels<T> y, std::int64_t pixels, std::int64_t channels, double factor,
            Write write, Stream) {
    for (std::int64_t i = 0; i < pixels; ++i)
        for (std::int64_t c = 0; c < channels; ++c) {
            const double kept = write == Write::accumulate ? static_cast<double>(y[i][c]) : 0.0;
            const double value = kept + factor * static_cast<double>(x[one ? 0 : c]);
            y[i][c] = static_cast<T>(static_cast<Compute<T>>(value));
        }
}

#define INSTANTIATE(T) \
    template void spread<T>(const Compute<T>*, bool, Pixels<T>, std::int64_t, std::int64_t, double, Write, Stream);
INSTANTIATE(float)
INSTANTIATE(bf16)
INSTANTIATE(double)

}  // namespace gradus::kernels::reference
