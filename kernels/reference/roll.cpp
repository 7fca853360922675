#include "kernels/roll.h"

#include "kernels/border.h"

namespace gradus::kernels::reference {

template <class T>
void roll(Pixels<const T> x, const std::int32_t* offset, Pixels<T> y, const RollShape& s, int sign, Write write,
          Stream) {
    for (std::int64_t n = 0; n < s.N; ++n) {
        const std::int32_t* by = s.offset_each ? offset + 2 * n : offset;
        for (std::int64_t h = 0; h < s.H; ++h)
            for (std::int64_t w = 0; w < s.W; ++w) {
                const std::int64_t p = wrap(h + sign * std::int64_t{by[0]}, s.H),
                                   q = wrap(w + sign * std::int64_t{by[1]}, s.W);
                const T* from = x[(n * s.H + h) * s.W + w];
                T* to = y[(n * s.H + p) * s.W + q];
                for (std::int64_t c = 0; c < s.C; ++c) {
                    const double kept = write == Write::accumulate ? static_cast<double>(to[c]) : 0.0;
                    to[c] = T(kept + static_cast<double>(from[c]));
                }
            }
    }
}

#define INSTANTIATE(T) \
    template void roll<T>(Pixels<const T>, const std::int32_t*, Pixels<T>, const RollShape&, int, Write, Stream);
INSTANTIATE(float)
INSTANTIATE(bf16)
INSTANTIATE(double)

}  // namespace gradus::kernels::reference
