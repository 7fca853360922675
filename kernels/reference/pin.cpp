#include "kernels/pin.h"

namespace gradus::kernels::reference {

template <class T>
void pin(const T* v, const T* x, const T* push, T* y, std::int64_t n, const Box& box, Stream) {
    // The edges as an x of this type can lie on them.
    const T lo = static_cast<T>(box.lo), hi = static_cast<T>(box.hi);
    for (std::int64_t i = 0; i < n; ++i) y[i] = is_pinned(x[i], push[i], lo, hi) ? T(0) : v[i];
}

#define INSTANTIATE(T) template void pin<T>(const T*, const T*, const T*, T*, std::int64_t, const Box&, Stream);
INSTANTIATE(float)
INSTANTIATE(double)

}  // namespace gradus::kernels::reference
