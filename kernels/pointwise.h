#pragma once
#include "kernels/cpu/isa.h"
#include "kernels/cuda/providers.h"
#include "kernels/pixels.h"

namespace gradus::kernels {

/// Functions of one number; their mathematics is in kernels/pointwise_functions.h.
enum class Function { scale, abs, pow, sqrt, exp, log, sigmoid, tanh, clip };

/// A function with its constants: the factor of scale, the exponent of pow, the bounds of clip.
struct Pointwise {
    Function function = Function::scale;
    double a = 0, b = 0;
};

/// y = f(x)
template <class T>
using PointwiseForward = void(Pixels<const T> x, Pixels<T> y, std::int64_t pixels, std::int64_t channels,
                              const Pointwise&, Write, Stream);

/// dx = f' dy, with f' computed from `at`: x or y, whichever the function's slope wants. Not for scale, whose backward
/// pass is itself.
template <class T>
using PointwiseBackward = void(Pixels<const T> at, Pixels<const T> dy, Pixels<T> dx, std::int64_t pixels,
                               std::int64_t channels, const Pointwise&, Write, Stream);

namespace reference {
template <class T>
void pointwise(Pixels<const T> x, Pixels<T> y, std::int64_t pixels, std::int64_t channels, const Pointwise&, Write,
               Stream);
template <class T>
void pointwise_backward(Pixels<const T> at, Pixels<const T> dy, Pixels<T> dx, std::int64_t pixels,
                        std::int64_t channels, const Pointwise&, Write, Stream);
}  // namespace reference

namespace cpu {
GRADUS_EACH_ISA(PointwiseForward<float> pointwise; PointwiseForward<bf16> pointwise;
                PointwiseBackward<float> pointwise_backward; PointwiseBackward<bf16> pointwise_backward;)
}  // namespace cpu

GRADUS_EACH_CUDA(PointwiseForward<float> pointwise; PointwiseForward<bf16> pointwise;
                 PointwiseBackward<float> pointwise_backward; PointwiseBackward<bf16> pointwise_backward;)

}  // namespace gradus::kernels
