// One product after another, each summed in sixteen lanes that the compiler keeps in vector registers; the guide, a few
// hundred rows, stays in the cache.
#include "kernels/best_match.h"

#include "kernels/cpu/parallel.h"

namespace gradus::kernels::cpu::GRADUS_ISA {
namespace {

constexpr int lanes = 16;

template <class T>
GRADUS_INLINE float dot(const T* a, const T* b, std::int64_t n) {
    float sum[lanes] = {};
    std::int64_t c = 0;
    for (; c + lanes <= n; c += lanes)
        for (int l = 0; l < lanes; ++l) sum[l] += static_cast<float>(a[c + l]) * static_cast<float>(b[c + l]);
    float total = 0;
    for (; c < n; ++c) total += static_cast<float>(a[c]) * static_cast<float>(b[c]);
    for (int l = 0; l < lanes; ++l) total += sum[l];
    return total;
}

template <class T>
void match(Pixels<const T> x, Pixels<const T> guide, Pixels<T> y, std::int64_t pixels, std::int64_t rows,
           std::int64_t channels, Stream stream) {
    parallel_ranges(stream, pixels, 16, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t i = begin; i < end; ++i) {
            std::int64_t best = 0;
            float best_product = 0;
            for (std::int64_t j = 0; j < rows; ++j) {
                const float product = dot(x[i], guide[j], channels);
                if (j > 0 && !(product > best_product)) continue;
                best = j;
                best_product = product;
            }
            for (std::int64_t c = 0; c < channels; ++c) y[i][c] = guide[best][c];
        }
    });
}

}  // namespace

void best_match(Pixels<const float> x, Pixels<const float> guide, Pixels<float> y, std::int64_t pixels,
                std::int64_t rows, std::int64_t channels, Stream stream) {
    match(x, guide, y, pixels, rows, channels, stream);
}
void best_match(Pixels<const bf16> x, Pixels<const bf16> guide, Pixels<bf16> y, std::int64_t pixels, std::int64_t rows,
                std::int64_t channels, Stream stream) {
    match(x, guide, y, pixels, rows, channels, stream);
}

}  // namespace gradus::kernels::cpu::GRADUS_ISA
