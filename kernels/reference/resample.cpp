#include "kernels/resample.h"

namespace gradus::kernels::reference {

template <class T>
void resample(Pixels<const T> x, Pixels<T> y, const ResampleShape& s, const Taps<Compute<T>>& rows,
              const Taps<Compute<T>>& columns, Write write, std::byte*, Stream) {
    for (std::int64_t n = 0; n < s.N; ++n)
        for (std::int64_t p = 0; p < s.P; ++p)
            for (std::int64_t q = 0; q < s.Q; ++q)
                for (std::int64_t c = 0; c < s.C; ++c) {
                    double sum = 0;
                    for (std::int64_t i = 0; i < rows.count[p]; ++i)
                        for (std::int64_t j = 0; j < columns.count[q]; ++j) {
                            const double weight = static_cast<double>(rows.weights[p * rows.width + i]) *
                                                  static_cast<double>(columns.weights[q * columns.width + j]);
                            const std::int64_t h = rows.first[p] + i, w = columns.first[q] + j;
                            sum += weight * static_cast<double>(x[(n * s.H + h) * s.W + w][c]);
                        }
                    T& to = y[(n * s.P + p) * s.Q + q][c];
                    to = T(write == Write::accumulate ? static_cast<double>(to) + sum : sum);
                }
}

#define INSTANTIATE(T)                                                                                   \
    template void resample<T>(Pixels<const T>, Pixels<T>, const ResampleShape&, const Taps<Compute<T>>&, \
                              const Taps<Compute<T>>&, Write, std::byte*, Stream);
INSTANTIATE(float)
INSTANTIATE(bf16)
INSTANTIATE(double)

}  // namespace gradus::kernels::reference
