#include "kernels/pick.h"

namespace gradus::kernels::reference {

template <class T>
void pick(Pixels<const T> x, Compute<T>* y, std::int64_t pixel, std::int64_t channel, Stream) {
    *y = static_cast<Compute<T>>(x[pixel][channel]);
}

template <class T>
void pick_backward(const Compute<T>* dy, Pixels<T> dx, std::int64_t pixels, std::int64_t channels, std::int64_t pixel,
                   std::int64_t channel, Write write, Stream) {
    if (write == Write::overwrite)
        for (std::int64_t i = 0; i < pixels; ++i)
            for (std::int64_t c = 0; c < channels; ++c) dx[i][c] = T(0);
    dx[pixel][channel] = T(static_cast<Compute<T>>(dx[pixel][channel]) + *dy);
}

#define INSTANTIATE(T)                                                                                     \
    template void pick<T>(Pixels<const T>, Compute<T>*, std::int64_t, std::int64_t, Stream);               \
    template void pick_backward<T>(const Compute<T>*, Pixels<T>, std::int64_t, std::int64_t, std::int64_t, \
                                   std::int64_t, Write, Stream);
INSTANTIATE(float)
INSTANTIATE(bf16)
INSTANTIATE(double)

}  // namespace gradus::kernels::reference
