#pragma once
#include "kernels/cpu/isa.h"
#include "kernels/cuda/providers.h"
#include "kernels/pixels.h"

namespace gradus::kernels {

/// y (C,C) = a + a^T; a and y do not overlap. T is f32 or f64.
template <class T>
using AddTransposed = void(const T* a, T* y, std::int64_t C, Stream);

namespace reference {
template <class T>
void add_transposed(const T* a, T* y, std::int64_t C, Stream);
}
namespace cpu {
GRADUS_EACH_ISA(AddTransposed<float> add_transposed;)
}
GRADUS_EACH_CUDA(AddTransposed<float> add_transposed;)

}  // namespace gradus::kernels
