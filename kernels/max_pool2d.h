#pragma once
#include "kernels/cpu/isa.h"
#include "kernels/cuda/providers.h"
#include "kernels/pixels.h"
#include "kernels/pool2d.h"

namespace gradus::kernels {

/// y = the largest value of each window, index = the number r S + s of the first pixel in the window that has it; a NaN
/// is larger than everything. `index` may be null. Windows of at most 256 pixels.
template <class T>
using MaxPool2d = void(Pixels<const T> x, Pixels<T> y, Pixels<std::uint8_t> index, const Pool2dShape&, Stream);

/// dx = the sum of dy over the windows whose index points here. Each dx looks up its windows, so nothing is written
/// twice.
template <class T>
using MaxPool2dBackward = void(Pixels<const T> dy, Pixels<const std::uint8_t> index, Pixels<T> dx, const Pool2dShape&,
                               Write, Stream);

namespace reference {
template <class T>
void max_pool2d(Pixels<const T> x, Pixels<T> y, Pixels<std::uint8_t> index, const Pool2dShape&, Stream);
template <class T>
void max_pool2d_backward(Pixels<const T> dy, Pixels<const std::uint8_t> index, Pixels<T> dx, const Pool2dShape&, Write,
                         Stream);
}  // namespace reference

namespace cpu {
GRADUS_EACH_ISA(                                   //
    MaxPool2d<float> max_pool2d;                   //
    MaxPool2d<bf16> max_pool2d;                    //
    MaxPool2dBackward<float> max_pool2d_backward;  //
    MaxPool2dBackward<bf16> max_pool2d_backward;)
}  // namespace cpu

GRADUS_EACH_CUDA(MaxPool2d<float> max_pool2d; MaxPool2d<bf16> max_pool2d; MaxPool2dBackward<float> max_pool2d_backward;
                 MaxPool2dBackward<bf16> max_pool2d_backward;)

}  // namespace gradus::kernels
