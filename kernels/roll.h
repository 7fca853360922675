#pragma once
#include "kernels/cpu/isa.h"
#include "kernels/cuda/providers.h"
#include "kernels/pixels.h"

namespace gradus::kernels {

/// The sizes of a roll: x and y (N,H,W,C); one offset for all pictures, or (N,2), one for each.
struct RollShape {
    std::int64_t N, H, W, C;
    bool offset_each = false;
};

/// y(h + sign * offset[0] mod H, w + sign * offset[1] mod W) = x(h,w). `sign` is 1, or -1 to roll back.
template <class T>
using Roll = void(Pixels<const T> x, const std::int32_t* offset, Pixels<T> y, const RollShape&, int sign, Write,
                  Stream);

namespace reference {
template <class T>
void roll(Pixels<const T> x, const std::int32_t* offset, Pixels<T> y, const RollShape&, int sign, Write, Stream);
}
namespace cpu {
GRADUS_EACH_ISA(Roll<float> roll;)
}

GRADUS_EACH_CUDA(Roll<float> roll; Roll<bf16> roll;)

}  // namespace gradus::kernels
