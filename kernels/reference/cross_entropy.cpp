#include "kernels/cross_entropy.h"

#include <cmath>
#include <limits>

namespace gradus::kernels::reference {
namespace {

/// log(the sum of exp(x)), with the largest x taken out first, so that nothing overflows.
template <class T>
double log_sum_exp(const T* x, std::int64_t classes) {
    double largest = static_cast<double>(x[0]), sum = 0;
    for (std::int64_t k = 1; k < classes; ++k)
        if (static_cast<double>(x[k]) > largest) largest = static_cast<double>(x[k]);
    for (std::int64_t k = 0; k < classes; ++k) sum += std::exp(static_cast<double>(x[k]) - largest);
    return largest + std::log(sum);
}

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

}  // namespace

template <class T>
void cross_entropy(Pixels<const T> x, const std::int32_t* labels, T* loss, std::int64_t rows, std::int64_t classes,
                   double smoothing, std::byte*, Stream) {
    double sum = 0;
    for (std::int64_t i = 0; i < rows; ++i) {
        const bool there = labels[i] >= 0 && labels[i] < classes;
        double mean = 0;
        for (std::int64_t k = 0; k < classes; ++k) mean += static_cast<double>(x[i][k]) / static_cast<double>(classes);
        sum += there ? log_sum_exp(x[i], classes) - (1 - smoothing) * static_cast<double>(x[i][labels[i]]) -
                           smoothing * mean
                     : nan;
    }
    *loss = static_cast<T>(sum / static_cast<double>(rows));
}

template <class T>
void cross_entropy_backward(Pixels<const T> x, const std::int32_t* labels, const T* d, Pixels<T> dx, std::int64_t rows,
                            std::int64_t classes, double smoothing, Write write, Stream) {
    for (std::int64_t i = 0; i < rows; ++i) {
        const bool there = labels[i] >= 0 && labels[i] < classes;
        const double normalizer = there ? log_sum_exp(x[i], classes) : nan;
        for (std::int64_t k = 0; k < classes; ++k) {
            const double probability = std::exp(static_cast<double>(x[i][k]) - normalizer);
            const double wanted = smoothing / static_cast<double>(classes) + (k == labels[i] ? 1 - smoothing : 0.0);
            const double slope = (probability - wanted) / static_cast<double>(rows);
            const double kept = write == Write::accumulate ? static_cast<double>(dx[i][k]) : 0.0;
            dx[i][k] = static_cast<T>(kept + static_cast<double>(*d) * slope);
        }
    }
}

#define INSTANTIATE(T)                                                                                               \
    template void cross_entropy<T>(Pixels<const T>, const std::int32_t*, T*, std::int64_t, std::int64_t, double,     \
                                   std::byte*, Stream);                                                              \
    template void cross_entropy_backward<T>(Pixels<const T>, const std::int32_t*, const T*, Pixels<T>, std::int64_t, \
                                            std::int64_t, double, Write, Stream);
INSTANTIATE(float)
INSTANTIATE(double)

}  // namespace gradus::kernels::reference
