#pragma once
#include "kernels/cpu/isa.h"
#include "kernels/cuda/providers.h"
#include "kernels/pixels.h"

namespace gradus::kernels {

/// What the backward pass of a ReLU lets through, besides dx = 0 where y <= 0: everything, or (guided, deconvnet) only
/// positive gradients, the latter without looking at y. `redirected` looks at x and at a whole item of the batch: it is
/// for kernels/redirected_relu.h, not for the kernels here.
enum class ReluRule { plain, guided, deconvnet, redirected };

/// y = max(x, 0)
template <class T>
using Relu = void(Pixels<const T> x, Pixels<T> y, std::int64_t pixels, std::int64_t channels, Stream);

/// dx = dy where the rule lets it through, else 0
template <class T>
using ReluBackward = void(Pixels<const T> y, Pixels<const T> dy, Pixels<T> dx, std::int64_t pixels,
                          std::int64_t channels, ReluRule, Write, Stream);

namespace reference {
template <class T>
void relu(Pixels<const T> x, Pixels<T> y, std::int64_t pixels, std::int64_t channels, Stream);
template <class T>
void relu_backward(Pixels<const T> y, Pixels<const T> dy, Pixels<T> dx, std::int64_t pixels, std::int64_t channels,
                   ReluRule, Write, Stream);
}  // namespace reference

namespace cpu {
GRADUS_EACH_ISA(                        //
    Relu<float> relu;                   //
    Relu<bf16> relu;                    //
    ReluBackward<float> relu_backward;  //
    ReluBackward<bf16> relu_backward;)
}  // namespace cpu

GRADUS_EACH_CUDA(                       //
    Relu<float> relu;                   //
    Relu<bf16> relu;                    //
    ReluBackward<float> relu_backward;  //
    ReluBackward<bf16> relu_backward;)

}  // namespace gradus::kernels
