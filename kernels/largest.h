#pragma once
#include <cstddef>

#include "kernels/cpu/isa.h"
#include "kernels/cuda/providers.h"
#include "kernels/inline.h"
#include "kernels/stream.h"

namespace gradus::kernels {

/// Into how many parts the values go, of each of which the largest is found first.
GRADUS_INLINE std::int64_t largest_parts(std::int64_t n) {
    const std::int64_t parts = (n + (1 << 14) - 1) / (1 << 14);
    return parts < 1 ? 1 : parts > 1024 ? 1024 : parts;
}

/// What the fast kernels need room for: one f32 a part.
GRADUS_INLINE std::size_t largest_scratch_bytes(std::int64_t n) {
    return static_cast<std::size_t>(largest_parts(n)) * sizeof(float);
}

/// y (1) = the largest |x|; NaN where x has one.
template <class T>
using Largest = void(const T* x, T* y, std::int64_t n, std::byte* scratch, Stream);

namespace reference {
template <class T>
void largest(const T* x, T* y, std::int64_t n, std::byte* scratch, Stream);
}
namespace cpu {
GRADUS_EACH_ISA(Largest<float> largest;)
}
GRADUS_EACH_CUDA(Largest<float> largest;)

}  // namespace gradus::kernels
