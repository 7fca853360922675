#include "kernels/transpose.h"

namespace gradus::kernels::reference {

template <class T>
void transpose(Pixels<const T> x, Pixels<T> y, const TransposeShape& s, Write write, Stream) {
    for (std::int64_t b = 0; b < s.batch; ++b)
        for (std::int64_t c = 0; c < s.C; ++c)
            for (std::int64_t r = 0; r < s.R; ++r) {
                T& to = y[b * s.C + c][r];
                const double kept = write == Write::accumulate ? static_cast<double>(to) : 0.0;
                to = T(kept + static_cast<double>(x[b * s.R + r][c]));
            }
}

#define INSTANTIATE(T) template void transpose<T>(Pixels<const T>, Pixels<T>, const TransposeShape&, Write, Stream);
INSTANTIATE(float)
INSTANTIATE(bf16)
INSTANTIATE(double)

}  // namespace gradus::kernels::reference
