#pragma once
#include "kernels/cpu/isa.h"
#include "kernels/cuda/providers.h"
#include "kernels/pixels.h"

namespace gradus::kernels {

/// y = a + b
template <class T>
using Add = void(Pixels<const T> a, Pixels<const T> b, Pixels<T> y, std::int64_t pixels, std::int64_t channels, Stream);

namespace reference {
template <class T>
void add(Pixels<const T> a, Pixels<const T> b, Pixels<T> y, std::int64_t pixels, std::int64_t channels, Stream);
}
namespace cpu {
GRADUS_EACH_ISA(Add<float> add; Add<bf16> add;)
}
GRADUS_EACH_CUDA(Add<float> add; Add<bf16> add;)

}  // namespace gradus::kernels
