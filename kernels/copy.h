#pragma once
#include <cstddef>

#include "kernels/cpu/isa.h"
#include "kernels/cuda/providers.h"
#include "kernels/pixels.h"

namespace gradus::kernels {

/// Copies `bytes` contiguous bytes from each pixel of x to the same pixel of y; a pixel starts `x_step` or `y_step`
/// bytes after the one before. Knows no types: a slice, a concatenation and an assignment are all copies.
using Copy = void(const std::byte* x, std::int64_t x_step, std::byte* y, std::int64_t y_step, std::int64_t pixels,
                  std::int64_t bytes, Stream);

namespace reference {
Copy copy;
}
namespace cpu {
GRADUS_EACH_ISA(Copy copy;)
}
GRADUS_EACH_CUDA(Copy copy;)

}  // namespace gradus::kernels
