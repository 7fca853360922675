#pragma once
#include "kernels/cpu/isa.h"
#include "kernels/cuda/providers.h"
#include "kernels/pixels.h"

namespace gradus::kernels {

/// The sizes of a flip, x and y (N,H,W,C), and what is turned round: the order of the rows, or of the columns.
struct FlipShape {
    std::int64_t N, H, W, C;
    bool rows = false, columns = false;
};

/// y(h,w) = x(H - 1 - h, w), x(h, W - 1 - w), or both.
template <class T>
using Flip = void(Pixels<const T> x, Pixels<T> y, const FlipShape&, Write, Stream);

namespace reference {
template <class T>
void flip(Pixels<const T> x, Pixels<T> y, const FlipShape&, Write, Stream);
}
namespace cpu {
GRADUS_EACH_ISA(Flip<float> flip;)
}
GRADUS_EACH_CUDA(Flip<float> flip; Flip<bf16> flip;)

}  // namespace gradus::kernels
