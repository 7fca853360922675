#pragma once
#include "kernels/cpu/isa.h"
#include "kernels/cuda/providers.h"
#include "kernels/pixels.h"

namespace gradus::kernels {

/// y = factor x at every pixel. x: one number per channel, or (one) a single one.
template <class T>
using Spread = void(const Compute<T>* x, bool one, Pixels<T> y, std::int64_t pixels, std::int64_t channels,
                    double factor, Write, Stream);

namespace reference {
template <class T>
void spread(const Compute<T>* x, bool one, Pixels<T> y, std::int64_t pixels, std::int64_t channels, double factor,
            Write, Stream);
}
namespace cpu {
GRADUS_EACH_ISA(Spread<float> spread; Spread<bf16> spread;)
}
GRADUS_EACH_CUDA(Spread<float> spread; Spread<bf16> spread;)

}  // namespace gradus::kernels
