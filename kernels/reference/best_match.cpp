#include "kernels/best_match.h"

namespace gradus::kernels::reference {

template <class T>
void best_match(Pixels<const T> x, Pixels<const T> guide, Pixels<T> y, std::int64_t pixels, std::int64_t rows,
                std::int64_t channels, Stream) {
    for (std::int64_t i = 0; i < pixels; ++i) {
        std::int64_t best = 0;
        double best_product = 0;
        for (std::int64_t j = 0; j < rows; ++j) {
            double product = 0;
            for (std::int64_t c = 0; c < channels; ++c)
                product += static_cast<double>(x[i][c]) * static_cast<double>(guide[j][c]);
            if (j > 0 && !(product > best_product)) continue;
            best = j;
            best_product = product;
        }
        for (std::int64_t c = 0; c < channels; ++c) y[i][c] = guide[best][c];
    }
}

#define INSTANTIATE(T)                                                                                                 \
    template void best_match<T>(Pixels<const T>, Pixels<const T>, Pixels<T>, std::int64_t, std::int64_t, std::int64_t, \
                                Stream);
INSTANTIATE(float)
INSTANTIATE(bf16)
INSTANTIATE(double)

}  // namespace gradus::kernels::reference
