#include "kernels/softmax.h"

#include <cmath>

namespace gradus::kernels::reference {

template <class T>
void softmax(Pixels<const T> x, Pixels<T> y, std::int64_t rows, std::int64_t classes, Stream) {
    for (std::int64_t i = 0; i < rows; ++i) {
        double largest = static_cast<double>(x[i][0]), sum = 0;
        for (std::int64_t k = 1; k < classes; ++k)
            if (static_cast<double>(x[i][k]) > largest) largest = static_cast<double>(x[i][k]);
        for (std::int64_t k = 0; k < classes; ++k) sum += std::exp(static_cast<double>(x[i][k]) - largest);
        for (std::int64_t k = 0; k < classes; ++k)
            y[i][k] = static_cast<T>(std::exp(static_cast<double>(x[i][k]) - largest) / sum);
    }
}

template <class T>
void softmax_backward(Pixels<const T> y, Pixels<const T> dy, Pixels<T> dx, std::int64_t rows, std::int64_t classes,
                      Write write, Stream) {
    for (std::int64_t i = 0; i < rows; ++i) {
        double mean = 0;  // of dy, weighted by y
        for (std::int64_t k = 0; k < classes; ++k) mean += static_cast<double>(dy[i][k]) * static_cast<double>(y[i][k]);
        for (std::int64_t k = 0; k < classes; ++k) {
            const double kept = write == Write::accumulate ? static_cast<double>(dx[i][k]) : 0.0;
            dx[i][k] = static_cast<T>(kept + static_cast<double>(y[i][k]) * (static_cast<double>(dy[i][k]) - mean));
        }
    }
}

#define INSTANTIATE(T)                                                                                                \
    template void softmax<T>(Pixels<const T>, Pixels<T>, std::int64_t, std::int64_t, Stream);                         \
    template void softmax_backward<T>(Pixels<const T>, Pixels<const T>, Pixels<T>, std::int64_t, std::int64_t, Write, \
                                      Stream);
INSTANTIATE(float)
INSTANTIATE(double)

}  // namespace gradus::kernels::reference
