#include "kernels/spread.h"

#include "kernels/cpu/rows.h"

namespace gradus::kernels::cpu::GRADUS_ISA {
namespace {

template <bool accumulate, class T>
void repeat(const float* x, bool one, Pixels<T> y, std::int64_t pixels, std::int64_t channels, float factor,
            Stream stream) {
    const float value = factor * *x;
    for_rows(stream, pixels, channels, one && y.stride == channels, [&](std::int64_t first, std::int64_t n) {
        T* out = y[first];
        for (std::int64_t i = 0; i < n; ++i) {
            const float v = one ? value : factor * x[i];
            out[i] = T(accumulate ? static_cast<float>(out[i]) + v : v);
        }
    });
}

}  // namespace

#define PROVIDE(T)                                                                                                \
    void spread(const float* x, bool one, Pixels<T> y, std::int64_t pixels, std::int64_t channels, double factor, \
                Write write, Stream stream) {                                                                     \
        if (write == Write::accumulate)                                                                           \
            repeat<true>(x, one, y, pixels, channels, static_cast<float>(factor), stream);                        \
        else                                                                                                      \
            repeat<false>(x, one, y, pixels, channels, static_cast<float>(factor), stream);                       \
    }
PROVIDE(float)
PROVIDE(bf16)

}  // namespace gradus::kernels::cpu::GRADUS_ISA
