#pragma once
#include "kernels/cpu/isa.h"
#include "kernels/cuda/providers.h"
#include "kernels/pixels.h"
#include "kernels/pool2d.h"

namespace gradus::kernels {

/// What the sum of a window is divided by: its pixels in the picture and its padding (Caffe; PyTorch's
/// count_include_pad), or only those in the picture. What hangs over beyond the padding never counts.
enum class AvgDivisor { padded, inside };

/// y = the sum of each window / divisor
template <class T>
using AvgPool2d = void(Pixels<const T> x, Pixels<T> y, const Pool2dShape&, AvgDivisor, Stream);

/// dx = the sum of dy / divisor over the windows that hold it
template <class T>
using AvgPool2dBackward = void(Pixels<const T> dy, Pixels<T> dx, const Pool2dShape&, AvgDivisor, Write, Stream);

namespace reference {
template <class T>
void avg_pool2d(Pixels<const T> x, Pixels<T> y, const Pool2dShape&, AvgDivisor, Stream);
template <class T>
void avg_pool2d_backward(Pixels<const T> dy, Pixels<T> dx, const Pool2dShape&, AvgDivisor, Write, Stream);
}  // namespace reference

namespace cpu {
GRADUS_EACH_ISA(                                   //
    AvgPool2d<float> avg_pool2d;                   //
    AvgPool2d<bf16> avg_pool2d;                    //
    AvgPool2dBackward<float> avg_pool2d_backward;  //
    AvgPool2dBackward<bf16> avg_pool2d_backward;)
}  // namespace cpu

GRADUS_EACH_CUDA(AvgPool2d<float> avg_pool2d; AvgPool2d<bf16> avg_pool2d; AvgPool2dBackward<float> avg_pool2d_backward;
                 AvgPool2dBackward<bf16> avg_pool2d_backward;)

}  // namespace gradus::kernels
