#pragma once
#include "kernels/cpu/isa.h"
#include "kernels/cuda/providers.h"
#include "kernels/pixels.h"

namespace gradus::kernels {

/// y (1) = x at this pixel and channel
template <class T>
using Pick = void(Pixels<const T> x, Compute<T>* y, std::int64_t pixel, std::int64_t channel, Stream);

/// dx = dy (1) at this pixel and channel, 0 elsewhere
template <class T>
using PickBackward = void(const Compute<T>* dy, Pixels<T> dx, std::int64_t pixels, std::int64_t channels,
                          std::int64_t pixel, std::int64_t channel, Write, Stream);

namespace reference {
template <class T>
void pick(Pixels<const T> x, Compute<T>* y, std::int64_t pixel, std::int64_t channel, Stream);
template <class T>
void pick_backward(const Compute<T>* dy, Pixels<T> dx, std::int64_t pixels, std::int64_t channels, std::int64_t pixel,
                   std::int64_t channel, Write, Stream);
}  // namespace reference

namespace cpu {
GRADUS_EACH_ISA(PickBackward<float> pick_backward; PickBackward<bf16> pick_backward;)
}

GRADUS_EACH_CUDA(Pick<float> pick; Pick<bf16> pick; PickBackward<float> pick_backward;
                 PickBackward<bf16> pick_backward;)

}  // namespace gradus::kernels
