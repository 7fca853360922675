#pragma once
#include "kernels/cpu/isa.h"
#include "kernels/cuda/providers.h"
#include "kernels/pixels.h"

namespace gradus::kernels {

enum class Arithmetic { subtract, multiply, divide };

/// How the second operand meets the first: value by value, one value per channel (the same for every pixel), one for
/// all.
enum class Repeat { none, channels, one };

/// y = a - b, a b or a / b. With Repeat::channels, b is one pixel; with Repeat::one, one number; its stride is not read
/// then.
template <class T>
using ArithmeticForward = void(Pixels<const T> a, Pixels<const T> b, Pixels<T> y, std::int64_t pixels,
                               std::int64_t channels, Arithmetic, Repeat, Write, Stream);

namespace reference {
template <class T>
void arithmetic(Pixels<const T> a, Pixels<const T> b, Pixels<T> y, std::int64_t pixels, std::int64_t channels,
                Arithmetic, Repeat, Write, Stream);
}
namespace cpu {
GRADUS_EACH_ISA(ArithmeticForward<float> arithmetic; ArithmeticForward<bf16> arithmetic;)
}
GRADUS_EACH_CUDA(ArithmeticForward<float> arithmetic; ArithmeticForward<bf16> arithmetic;)

}  // namespace gradus::kernels
