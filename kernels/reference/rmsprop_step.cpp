#include "kernels/rmsprop_step.h"

#include <cmath>

namespace gradus::kernels::reference {

template <class T>
void rmsprop_step(T* x, T* v, const T* g, const T* rate, std::int64_t n, const RmspropOptions& o, Stream) {
    for (std::int64_t i = 0; i < n; ++i) {
        const double slope = static_cast<double>(g[i]);
        const double square = o.decay * static_cast<double>(v[i]) + (1 - o.decay) * slope * slope;
        const double change = static_cast<double>(*rate) * slope / (std::sqrt(square) + o.eps);
        v[i] = static_cast<T>(square);
        x[i] = static_cast<T>(in_box(static_cast<double>(x[i]) - change, o.box.lo, o.box.hi));
    }
}

#define INSTANTIATE(T) \
    template void rmsprop_step<T>(T*, T*, const T*, const T*, std::int64_t, const RmspropOptions&, Stream);
INSTANTIATE(float)
INSTANTIATE(double)

}  // namespace gradus::kernels::reference
