#include "kernels/largest.h"

#include <cmath>

namespace gradus::kernels::reference {

template <class T>
void largest(const T* x, T* y, std::int64_t n, std::byte*, Stream) {
    T most = 0;
    for (std::int64_t i = 0; i < n && !std::isnan(most); ++i)
        if (const T size = std::abs(x[i]); !(size <= most)) most = size;
    *y = most;
}

#define INSTANTIATE(T) template void largest<T>(const T*, T*, std::int64_t, std::byte*, Stream);
INSTANTIATE(float)
INSTANTIATE(double)

}  // namespace gradus::kernels::reference
