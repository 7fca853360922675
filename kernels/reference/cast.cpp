#include "kernels/cast.h"

namespace gradus::kernels::reference {

template <class From, class To>
void cast(Pixels<const From> x, Pixels<To> y, std::int64_t pixels, std::int64_t channels, Write write, Stream) {
    for (std::int64_t i = 0; i < pixels; ++i)
        for (std::int64_t c = 0; c < channels; ++c) {
            const auto kept = write == Write::accumulate ? static_cast<Compute<To>>(y[i][c]) : Compute<To>(0);
            y[i][c] = To(kept + static_cast<Compute<To>>(x[i][c]));
        }
}

#define INSTANTIATE(From, To) \
    template void cast<From, To>(Pixels<const From>, Pixels<To>, std::int64_t, std::int64_t, Write, Stream);
INSTANTIATE(float, bf16)
INSTANTIATE(float, double)
INSTANTIATE(bf16, float)
INSTANTIATE(bf16, double)
INSTANTIATE(double, float)
INSTANTIATE(double, bf16)

}  // namespace gradus::kernels::reference
