#include "kernels/arithmetic.h"

#include "kernels/cpu/rows.h"

namespace gradus::kernels::cpu::GRADUS_ISA {
namespace {

template <Arithmetic operation>
GRADUS_INLINE float apply(float a, float b) {
    return operation == Arithmetic::subtract ? a - b : operation == Arithmetic::multiply ? a * b : a / b;
}

// Pixel by pixel where b has one value per channel; else in runs as long as memory allows.
template <Arithmetic operation, bool accumulate, class T>
void forward(Pixels<const T> a, Pixels<const T> b, Pixels<T> y, std::int64_t pixels, std::int64_t channels,
             Repeat repeat, Stream stream) {
    const bool runs = repeat == Repeat::one || (repeat == Repeat::none && b.stride == channels);
    const bool dense = runs && a.stride == channels && y.stride == channels;
    for_rows(stream, pixels, channels, dense, [&](std::int64_t first, std::int64_t n) {
        const T *left = a[first], *right = b[repeat == Repeat::none ? first : 0];
        T* out = y[first];
        if (repeat == Repeat::one) {
            const float one = static_cast<float>(*right);
            for (std::int64_t i = 0; i < n; ++i) {
                const float v = apply<operation>(static_cast<float>(left[i]), one);
                out[i] = T(accumulate ? static_cast<float>(out[i]) + v : v);
            }
            return;
        }
        for (std::int64_t i = 0; i < n; ++i) {
            const float v = apply<operation>(static_cast<float>(left[i]), static_cast<float>(right[i]));
            out[i] = T(accumulate ? static_cast<float>(out[i]) + v : v);
        }
    });
}

template <Arithmetic operation, class T>
void choose(Pixels<const T> a, Pixels<const T> b, Pixels<T> y, std::int64_t pixels, std::int64_t channels,
            Repeat repeat, Write write, Stream stream) {
    if (write == Write::accumulate)
        forward<operation, true>(a, b, y, pixels, channels, repeat, stream);
    else
        forward<operation, false>(a, b, y, pixels, channels, repeat, stream);
}

template <class T>
void choose(Pixels<const T> a, Pixels<const T> b, Pixels<T> y, std::int64_t pixels, std::int64_t channels,
            Arithmetic operation, Repeat repeat, Write write, Stream stream) {
    if (operation == Arithmetic::subtract)
        choose<Arithmetic::subtract>(a, b, y, pixels, channels, repeat, write, stream);
    else if (operation == Arithmetic::multiply)
        choose<Arithmetic::multiply>(a, b, y, pixels, channels, repeat, write, stream);
    else
        choose<Arithmetic::divide>(a, b, y, pixels, channels, repeat, write, stream);
}

}  // namespace

void arithmetic(Pixels<const float> a, Pixels<const float> b, Pixels<float> y, std::int64_t pixels,
                std::int64_t channels, Arithmetic operation, Repeat repeat, Write write, Stream stream) {
    choose(a, b, y, pixels, channels, operation, repeat, write, stream);
}
void arithmetic(Pixels<const bf16> a, Pixels<const bf16> b, Pixels<bf16> y, std::int64_t pixels, std::int64_t channels,
                Arithmetic operation, Repeat repeat, Write write, Stream stream) {
    choose(a, b, y, pixels, channels, operation, repeat, write, stream);
}

}  // namespace gradus::kernels::cpu::GRADUS_ISA
