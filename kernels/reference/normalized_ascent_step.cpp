#include "kernels/normalized_ascent_step.h"

#include <cmath>

namespace gradus::kernels::reference {

template <class T>
void normalized_ascent_step(T* x, const T* g, const T* rate, std::int64_t n, const AscentOptions& o, std::byte*,
                            Stream) {
    double sum = 0;
    for (std::int64_t i = 0; i < n; ++i) {
        const double slope = static_cast<double>(g[i]);
        sum += o.norm == AscentNorm::mean_abs ? std::abs(slope) : slope * slope;
    }
    const double mean = sum / static_cast<double>(n);
    const double norm = o.norm == AscentNorm::mean_abs ? mean : std::sqrt(mean);
    const double by = static_cast<double>(*rate) / (o.norm == AscentNorm::none ? 1 : norm + o.eps);
    for (std::int64_t i = 0; i < n; ++i)
        x[i] = static_cast<T>(in_box(static_cast<double>(x[i]) + by * static_cast<double>(g[i]), o.box.lo, o.box.hi));
}

#define INSTANTIATE(T)                                                                                              \
    template void normalized_ascent_step<T>(T*, const T*, const T*, std::int64_t, const AscentOptions&, std::byte*, \
                                            Stream);
INSTANTIATE(float)
INSTANTIATE(double)

}  // namespace gradus::kernels::reference
