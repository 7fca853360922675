#include "kernels/real_dft.h"

namespace gradus::kernels::reference {

template <class T>
void real_dft(const T* x, const float* waves, T* y, const RealDftShape& s, Write write, std::byte*, Stream) {
    for (std::int64_t row = 0; row < s.n; ++row)
        for (std::int64_t column = 0; column < s.columns(); ++column) {
            const std::int64_t start = s.start(column);
            double sum = 0;
            for (std::int64_t k = 0; k < s.n; ++k)
                sum += static_cast<double>(s.inverse ? waves[k * s.n + row] : waves[row * s.n + k]) *
                       static_cast<double>(x[start + k * s.inner]);
            T& to = y[start + row * s.inner];
            to = static_cast<T>(write == Write::accumulate ? static_cast<double>(to) + sum : sum);
        }
}

#define INSTANTIATE(T) \
    template void real_dft<T>(const T*, const float*, T*, const RealDftShape&, Write, std::byte*, Stream);
INSTANTIATE(float)
INSTANTIATE(double)

}  // namespace gradus::kernels::reference
