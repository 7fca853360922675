#pragma once
#include "kernels/border.h"
#include "kernels/cpu/isa.h"
#include "kernels/cuda/providers.h"
#include "kernels/pixels.h"

namespace gradus::kernels {

/// The sizes of a padding: x (N,H,W,C) lies in y (N,P,Q,C) with its corner at (top, left). Where these are negative, y
/// is a part of x.
struct PadShape {
    std::int64_t N, H, W, C, P, Q, top, left;
};

/// y(p,q) = x(p - top, q - left), continued over the border as the mode says.
template <class T>
using Pad = void(Pixels<const T> x, Pixels<T> y, const PadShape&, PadMode, Write, Stream);

/// dx(h,w) = the sum of dy over all (p,q) that read x(h,w).
template <class T>
using PadBackward = void(Pixels<const T> dy, Pixels<T> dx, const PadShape&, PadMode, Write, Stream);

namespace reference {
template <class T>
void pad(Pixels<const T> x, Pixels<T> y, const PadShape&, PadMode, Write, Stream);
template <class T>
void pad_backward(Pixels<const T> dy, Pixels<T> dx, const PadShape&, PadMode, Write, Stream);
}  // namespace reference

namespace cpu {
GRADUS_EACH_ISA(                      //
    Pad<float> pad;                   //
    Pad<bf16> pad;                    //
    PadBackward<float> pad_backward;  //
    PadBackward<bf16> pad_backward;)
}  // namespace cpu

GRADUS_EACH_CUDA(Pad<float> pad; Pad<bf16> pad; PadBackward<float> pad_backward; PadBackward<bf16> pad_backward;)

}  // namespace gradus::kernels
