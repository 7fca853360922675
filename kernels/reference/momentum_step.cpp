#include "kernels/momentum_step.h"

namespace gradus::kernels::reference {

template <class T>
void momentum_step(T* x, T* v, const T* g, const T* rate, std::int64_t n, const MomentumOptions& o, Stream) {
    for (std::int64_t i = 0; i < n; ++i) {
        const double slope = static_cast<double>(g[i]) + o.decay * static_cast<double>(x[i]);
        const double speed = o.momentum * static_cast<double>(v[i]) + slope;
        const double change = o.nesterov ? slope + o.momentum * speed : speed;
        const double moved = static_cast<double>(x[i]) - static_cast<double>(*rate) * change;
        v[i] = static_cast<T>(speed);
        x[i] = static_cast<T>(in_box(moved, o.box.lo, o.box.hi));
    }
}

#define INSTANTIATE(T) \
    template void momentum_step<T>(T*, T*, const T*, const T*, std::int64_t, const MomentumOptions&, Stream);
INSTANTIATE(float)
INSTANTIATE(double)

}  // namespace gradus::kernels::reference
