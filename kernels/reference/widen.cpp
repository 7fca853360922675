#include "kernels/widen.h"

namespace gradus::kernels::reference {

template <class T>
void widen(Pixels<const T> dy, Pixels<T> dx, std::int64_t pixels, std::int64_t channels, std::int64_t first,
           std::int64_t count, Write write, Stream) {
    for (std::int64_t i = 0; i < pixels; ++i)
        for (std::int64_t c = 0; c < channels; ++c) {
            const bool inside = c >= first && c < first + count;
            const double kept = write == Write::accumulate ? static_cast<double>(dx[i][c]) : 0.0;
            dx[i][c] = T(static_cast<Compute<T>>(kept + (inside ? static_cast<double>(dy[i][c - first]) : 0.0)));
        }
}

#define INSTANTIATE(T)                                                                                                \
    template void widen<T>(Pixels<const T>, Pixels<T>, std::int64_t, std::int64_t, std::int64_t, std::int64_t, Write, \
                           Stream);
INSTANTIATE(float)
INSTANTIATE(bf16)
INSTANTIATE(double)

}  // namespace gradus::kernels::reference
