#pragma once
#include "kernels/cpu/isa.h"
#include "kernels/cuda/providers.h"
#include "kernels/pixels.h"

namespace gradus::kernels {

/// y = exp(x - m) / the sum of exp(x - m) over a row, m = its largest x. T is f32 or f64.
template <class T>
using Softmax = void(Pixels<const T> x, Pixels<T> y, std::int64_t rows, std::int64_t classes, Stream);

/// dx = y (dy - the sum of dy y over the row)
template <class T>
using SoftmaxBackward = void(Pixels<const T> y, Pixels<const T> dy, Pixels<T> dx, std::int64_t rows,
                             std::int64_t classes, Write, Stream);

namespace reference {
template <class T>
void softmax(Pixels<const T> x, Pixels<T> y, std::int64_t rows, std::int64_t classes, Stream);
template <class T>
void softmax_backward(Pixels<const T> y, Pixels<const T> dy, Pixels<T> dx, std::int64_t rows, std::int64_t classes,
                      Write, Stream);
}  // namespace reference

namespace cpu {
GRADUS_EACH_ISA(Softmax<float> softmax; SoftmaxBackward<float> softmax_backward;)
}  // namespace cpu

GRADUS_EACH_CUDA(Softmax<float> softmax; SoftmaxBackward<float> softmax_backward;)

}  // namespace gradus::kernels
