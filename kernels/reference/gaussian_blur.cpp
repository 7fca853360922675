#include "kernels/gaussian_blur.h"

#include "kernels/gaussian_bell.h"

namespace gradus::kernels::reference {
namespace {

/// The weight of input i in output o, with what lies beyond the border folded back.
double weight(const double* bell, std::int64_t radius, std::int64_t o, std::int64_t i, std::int64_t n, PadMode border) {
    double sum = 0;
    for (std::int64_t k = -radius; k <= radius; ++k)
        if (border_source(o + k, n, border) == i) sum += bell[k + radius];
    return sum;
}

}  // namespace

// No pixel farther than the radius has a weight: folding at the border brings pixels nearer, never farther away.
template <class T>
void gaussian_blur(Pixels<const T> x, const float* sigma, Pixels<T> y, const BlurShape& s, Write write,
                   std::byte* scratch, Stream) {
    auto* bell = reinterpret_cast<double*>(scratch);
    gaussian_bell(bell, s.radius, static_cast<double>(*sigma));
    const auto between = [&](std::int64_t to, std::int64_t from, std::int64_t n) {
        return s.transposed ? weight(bell, s.radius, from, to, n, s.border)
                            : weight(bell, s.radius, to, from, n, s.border);
    };
    for (std::int64_t n = 0; n < s.N; ++n)
        for (std::int64_t h = 0; h < s.H; ++h)
            for (std::int64_t w = 0; w < s.W; ++w)
                for (std::int64_t c = 0; c < s.C; ++c) {
                    double sum = 0;
                    for (std::int64_t i = h - s.radius; i <= h + s.radius; ++i) {
                        if (i < 0 || i >= s.H) continue;
                        double row = 0;
                        for (std::int64_t j = w - s.radius; j <= w + s.radius; ++j)
                            if (j >= 0 && j < s.W)
                                row += between(w, j, s.W) * static_cast<double>(x[(n * s.H + i) * s.W + j][c]);
                        sum += between(h, i, s.H) * row;
                    }
                    T& to = y[(n * s.H + h) * s.W + w][c];
                    to = T(write == Write::accumulate ? static_cast<double>(to) + sum : sum);
                }
}

#define INSTANTIATE(T)                                                                                            \
    template void gaussian_blur<T>(Pixels<const T>, const float*, Pixels<T>, const BlurShape&, Write, std::byte*, \
                                   Stream);
INSTANTIATE(float)
INSTANTIATE(bf16)
INSTANTIATE(double)

}  // namespace gradus::kernels::reference
