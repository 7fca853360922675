#include "kernels/adam_step.h"

#include <cmath>

namespace gradus::kernels::reference {

template <class T>
void adam_step(T* x, T* m, T* v, std::int32_t* steps, const T* g, const T* rate, std::int64_t n, const AdamOptions& o,
               std::byte*, Stream) {
    const int t = ++*steps;
    const double missing1 = 1 - std::pow(o.beta1, t), missing2 = 1 - std::pow(o.beta2, t);
    for (std::int64_t i = 0; i < n; ++i) {
        const double slope = static_cast<double>(g[i]);
        const double mean = o.beta1 * static_cast<double>(m[i]) + (1 - o.beta1) * slope;
        const double square = o.beta2 * static_cast<double>(v[i]) + (1 - o.beta2) * slope * slope;
        const double change = static_cast<double>(*rate) * (mean / missing1) / (std::sqrt(square / missing2) + o.eps);
        m[i] = static_cast<T>(mean);
        v[i] = static_cast<T>(square);
        x[i] = static_cast<T>(in_box(static_cast<double>(x[i]) - change, o.box.lo, o.box.hi));
    }
}

#define INSTANTIATE(T)                                                                                          \
    template void adam_step<T>(T*, T*, T*, std::int32_t*, const T*, const T*, std::int64_t, const AdamOptions&, \
                               std::byte*, Stream);
INSTANTIATE(float)
INSTANTIATE(double)

}  // namespace gradus::kernels::reference
