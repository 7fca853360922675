#include "kernels/channel_affine.h"

namespace gradus::kernels::reference {

template <class T>
void channel_affine(Pixels<const T> x, Pixels<T> y, std::int64_t pixels, const ChannelMap& map, Write write, Stream) {
    for (std::int64_t i = 0; i < pixels; ++i)
        for (std::int64_t k = 0; k < map.K; ++k) {
            const double kept = write == Write::accumulate ? static_cast<double>(y[i][k]) : 0.0;
            const double value = static_cast<double>(map.scale[k]) * static_cast<double>(x[i][map.from[k]]) +
                                 static_cast<double>(map.shift[k]);
            y[i][k] = static_cast<T>(static_cast<Compute<T>>(kept + value));
        }
}

template <class T>
void channel_affine_backward(Pixels<const T> dy, Pixels<T> dx, std::int64_t pixels, std::int64_t channels,
                             const ChannelMap& map, Write write, Stream) {
    for (std::int64_t i = 0; i < pixels; ++i)
        for (std::int64_t c = 0; c < channels; ++c) {
            double sum = write == Write::accumulate ? static_cast<double>(dx[i][c]) : 0.0;
            for (std::int64_t k = 0; k < map.K; ++k)
                if (map.from[k] == c) sum += static_cast<double>(map.scale[k]) * static_cast<double>(dy[i][k]);
            dx[i][c] = static_cast<T>(static_cast<Compute<T>>(sum));
        }
}

#define INSTANTIATE(T)                                                                                           \
    template void channel_affine<T>(Pixels<const T>, Pixels<T>, std::int64_t, const ChannelMap&, Write, Stream); \
    template void channel_affine_backward<T>(Pixels<const T>, Pixels<T>, std::int64_t, std::int64_t,             \
                                             const ChannelMap&, Write, Stream);
INSTANTIATE(float)
INSTANTIATE(bf16)
INSTANTIATE(double)

}  // namespace gradus::kernels::reference
