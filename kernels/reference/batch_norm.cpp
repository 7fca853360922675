#include "kernels/batch_norm.h"

#include <cmath>

namespace gradus::kernels::reference {
namespace {

struct Channel {
    double mean, root, gamma, beta;  // root: of the variance and eps, inverted

    double normalized(double x) const { return (x - mean) * root; }
    double value(double x) const { return gamma * normalized(x) + beta; }
    double slope(double x, double dy, bool relu) const { return relu && !(value(x) > 0) ? 0.0 : dy; }
};

template <class T>
Channel channel(const Compute<T>* moments, const Compute<T>* gamma, const Compute<T>* beta, const BatchNormShape& s,
                std::int64_t c) {
    return {static_cast<double>(moments[c]), 1 / std::sqrt(static_cast<double>(moments[s.C + c]) + s.options.eps),
            static_cast<double>(gamma[c]), static_cast<double>(beta[c])};
}

}  // namespace

template <class T>
void channel_moments(Pixels<const T> x, Compute<T>* y, std::int64_t pixels, std::int64_t channels, std::byte*, Stream) {
    const auto n = static_cast<double>(pixels);
    for (std::int64_t c = 0; c < channels; ++c) {
        double sum = 0, squares = 0;
        for (std::int64_t i = 0; i < pixels; ++i) sum += static_cast<double>(x[i][c]);
        const double mean = sum / n;
        for (std::int64_t i = 0; i < pixels; ++i) squares += std::pow(static_cast<double>(x[i][c]) - mean, 2);
        y[c] = static_cast<Compute<T>>(mean);
        y[channels + c] = static_cast<Compute<T>>(squares / n);
    }
}

template <class T>
void batch_norm(Pixels<const T> x, const Compute<T>* moments, const Compute<T>* gamma, const Compute<T>* beta,
                Pixels<T> y, const BatchNormShape& s, Stream) {
    for (std::int64_t c = 0; c < s.C; ++c) {
        const Channel at = channel<T>(moments, gamma, beta, s, c);
        for (std::int64_t i = 0; i < s.pixels; ++i) {
            const double v = at.value(static_cast<double>(x[i][c]));
            y[i][c] = T(s.options.relu && !(v > 0) ? 0.0 : v);
        }
    }
}

template <class T>
void batch_norm_sums(Pixels<const T> x, Pixels<const T> dy, const Compute<T>* moments, const Compute<T>* gamma,
                     const Compute<T>* beta, Compute<T>* sums, const BatchNormShape& s, std::byte*, Stream) {
    for (std::int64_t c = 0; c < s.C; ++c) {
        const Channel at = channel<T>(moments, gamma, beta, s, c);
        double plain = 0, with_x = 0;
        for (std::int64_t i = 0; i < s.pixels; ++i) {
            const auto v = static_cast<double>(x[i][c]);
            const double g = at.slope(v, static_cast<double>(dy[i][c]), s.options.relu);
            plain += g;
            with_x += g * at.normalized(v);
        }
        sums[c] = static_cast<Compute<T>>(plain / static_cast<double>(s.pixels));
        sums[s.C + c] = static_cast<Compute<T>>(with_x / static_cast<double>(s.pixels));
    }
}

template <class T>
void batch_norm_backward(Pixels<const T> x, Pixels<const T> dy, const Compute<T>* moments, const Compute<T>* gamma,
                         const Compute<T>* beta, const Compute<T>* sums, Pixels<T> dx, const BatchNormShape& s,
                         Write write, Stream) {
    for (std::int64_t c = 0; c < s.C; ++c) {
        const Channel at = channel<T>(moments, gamma, beta, s, c);
        const auto plain = static_cast<double>(sums[c]), with_x = static_cast<double>(sums[s.C + c]);
        for (std::int64_t i = 0; i < s.pixels; ++i) {
            const auto v = static_cast<double>(x[i][c]);
            const double g = at.slope(v, static_cast<double>(dy[i][c]), s.options.relu);
            const double d = at.gamma * at.root * (g - plain - at.normalized(v) * with_x);
            dx[i][c] = T(write == Write::accumulate ? static_cast<double>(dx[i][c]) + d : d);
        }
    }
}

#define INSTANTIATE(T)                                                                                               \
    template void channel_moments<T>(Pixels<const T>, Compute<T>*, std::int64_t, std::int64_t, std::byte*, Stream);  \
    template void batch_norm<T>(Pixels<const T>, const Compute<T>*, const Compute<T>*, const Compute<T>*, Pixels<T>, \
                                const BatchNormShape&, Stream);                                                      \
    template void batch_norm_sums<T>(Pixels<const T>, Pixels<const T>, const Compute<T>*, const Compute<T>*,         \
                                     const Compute<T>*, Compute<T>*, const BatchNormShape&, std::byte*, Stream);     \
    template void batch_norm_backward<T>(Pixels<const T>, Pixels<const T>, const Compute<T>*, const Compute<T>*,     \
                                         const Compute<T>*, const Compute<T>*, Pixels<T>, const BatchNormShape&,     \
                                         Write, Stream);
INSTANTIATE(float)
INSTANTIATE(bf16)
INSTANTIATE(double)

}  // namespace gradus::kernels::reference
