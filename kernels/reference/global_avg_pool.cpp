#include "kernels/global_avg_pool.h"

namespace gradus::kernels::reference {

template <class T>
void global_avg_pool(Pixels<const T> x, Pixels<T> y, std::int64_t N, std::int64_t pixels, std::int64_t C, std::byte*,
                     Stream) {
    for (std::int64_t n = 0; n < N; ++n)
        for (std::int64_t c = 0; c < C; ++c) {
            double sum = 0;
            for (std::int64_t i = 0; i < pixels; ++i) sum += static_cast<double>(x[n * pixels + i][c]);
            y[n][c] = T(static_cast<Compute<T>>(sum / static_cast<double>(pixels)));
        }
}

template <class T>
void global_avg_pool_backward(Pixels<const T> dy, Pixels<T> dx, std::int64_t N, std::int64_t pixels, std::int64_t C,
                              Write write, Stream) {
    for (std::int64_t n = 0; n < N; ++n)
        for (std::int64_t i = 0; i < pixels; ++i)
            for (std::int64_t c = 0; c < C; ++c) {
                T& out = dx[n * pixels + i][c];
                const double kept = write == Write::accumulate ? static_cast<double>(out) : 0.0;
                out = T(static_cast<Compute<T>>(kept + static_cast<double>(dy[n][c]) / static_cast<double>(pixels)));
            }
}

#define INSTANTIATE(T)                                                                                                 \
    template void global_avg_pool<T>(Pixels<const T>, Pixels<T>, std::int64_t, std::int64_t, std::int64_t, std::byte*, \
                                     Stream);                                                                          \
    template void global_avg_pool_backward<T>(Pixels<const T>, Pixels<T>, std::int64_t, std::int64_t, std::int64_t,    \
                                              Write, Stream);
INSTANTIATE(float)
INSTANTIATE(bf16)
INSTANTIATE(double)

}  // namespace gradus::kernels::reference
