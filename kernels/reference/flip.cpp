#include "kernels/flip.h"

namespace gradus::kernels::reference {

template <class T>
void flip(Pixels<const T> x, Pixels<T> y, const FlipShape& s, Write write, Stream) {
    for (std::int64_t n = 0; n < s.N; ++n)
        for (std::int64_t h = 0; h < s.H; ++h)
            for (std::int64_t w = 0; w < s.W; ++w) {
                const std::int64_t from_h = s.rows ? s.H - 1 - h : h, from_w = s.columns ? s.W - 1 - w : w;
                const T* from = x[(n * s.H + from_h) * s.W + from_w];
                T* to = y[(n * s.H + h) * s.W + w];
                for (std::int64_t c = 0; c < s.C; ++c) {
                    const double kept = write == Write::accumulate ? static_cast<double>(to[c]) : 0.0;
                    to[c] = T(kept + static_cast<double>(from[c]));
                }
            }
}

#define INSTANTIATE(T) template void flip<T>(Pixels<const T>, Pixels<T>, const FlipShape&, Write, Stream);
INSTANTIATE(float)
INSTANTIATE(bf16)
INSTANTIATE(double)

}  // namespace gradus::kernels::reference
