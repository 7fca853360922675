#include "kernels/total_variation.h"

#include <cmath>

namespace gradus::kernels::reference {
namespace {

struct Pair {
    double right = 0, down = 0;
};

/// The differences that start at a pixel; 0 outside the picture and past its edge.
template <class T>
Pair differences(Pixels<const T> x, const TvShape& z, std::int64_t n, std::int64_t h, std::int64_t w, std::int64_t c) {
    if (h < 0 || w < 0) return {};
    const bool right = w + 1 < z.W, down = h + 1 < z.H;
    if (z.kind == TvKind::squared && !(right && down)) return {};
    const std::int64_t pixel = (n * z.H + h) * z.W + w;
    const double here = static_cast<double>(x[pixel][c]);
    return {right ? static_cast<double>(x[pixel + 1][c]) - here : 0,
            down ? static_cast<double>(x[pixel + z.W][c]) - here : 0};
}

double term(Pair d, const TvShape& z) {
    const double squares = d.right * d.right + d.down * d.down;
    if (z.kind == TvKind::squared) return squares / 2;
    if (z.kind == TvKind::l1) return std::abs(d.right) + std::abs(d.down);
    return std::pow(squares, z.beta / 2);
}

double sign(double v) { return v > 0 ? 1.0 : v < 0 ? -1.0 : 0.0; }

/// The derivative of a term with respect to its two differences.
Pair slope(Pair d, const TvShape& z) {
    if (z.kind == TvKind::squared) return d;
    if (z.kind == TvKind::l1) return {sign(d.right), sign(d.down)};
    const double v = std::pow(d.right * d.right + d.down * d.down, z.beta / 2);
    const double factor = z.beta * std::pow(v > tv_floor ? v : tv_floor, 2 * (z.beta / 2 - 1) / z.beta);
    return {factor * d.right, factor * d.down};
}

}  // namespace

template <class T>
void total_variation(Pixels<const T> x, T* y, const TvShape& z, std::byte*, Stream) {
    double sum = 0;
    for (std::int64_t n = 0; n < z.N; ++n)
        for (std::int64_t h = 0; h < z.H; ++h)
            for (std::int64_t w = 0; w < z.W; ++w)
                for (std::int64_t c = 0; c < z.C; ++c) sum += term(differences(x, z, n, h, w, c), z);
    *y = static_cast<T>(sum);
}

// A pixel appears in the differences that start at itself, at its left and at its upper neighbor.
template <class T>
void total_variation_backward(Pixels<const T> x, const T* dy, Pixels<T> dx, const TvShape& z, Write write, Stream) {
    for (std::int64_t n = 0; n < z.N; ++n)
        for (std::int64_t h = 0; h < z.H; ++h)
            for (std::int64_t w = 0; w < z.W; ++w)
                for (std::int64_t c = 0; c < z.C; ++c) {
                    const Pair here = slope(differences(x, z, n, h, w, c), z);
                    const Pair left = slope(differences(x, z, n, h, w - 1, c), z);
                    const Pair above = slope(differences(x, z, n, h - 1, w, c), z);
                    T& out = dx[(n * z.H + h) * z.W + w][c];
                    const double kept = write == Write::accumulate ? static_cast<double>(out) : 0.0;
                    const double derivative = left.right + above.down - here.right - here.down;
                    out = static_cast<T>(kept + static_cast<double>(*dy) * derivative);
                }
}

#define INSTANTIATE(T)                                                                         \
    template void total_variation<T>(Pixels<const T>, T*, const TvShape&, std::byte*, Stream); \
    template void total_variation_backward<T>(Pixels<const T>, const T*, Pixels<T>, const TvShape&, Write, Stream);
INSTANTIATE(float)
INSTANTIATE(double)

}  // namespace gradus::kernels::reference
