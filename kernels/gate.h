#pragma once
#include <cstddef>

#include "kernels/cpu/isa.h"
#include "kernels/cuda/providers.h"
#include "kernels/pixels.h"

namespace gradus::kernels {

/// y = x where `stop` (1) is 0, else zeros, whatever x holds. Of `bytes` contiguous bytes per pixel; a pixel starts
/// `x_step` or `y_step` bytes after the one before. Knows no types: 0 is zero bytes in all of them. y may be x itself.
using Gate = void(const std::byte* x, std::int64_t x_step, const std::int32_t* stop, std::byte* y, std::int64_t y_step,
                  std::int64_t pixels, std::int64_t bytes, Stream);

namespace reference {
Gate gate;
}
namespace cpu {
GRADUS_EACH_ISA(Gate gate;)
}
GRADUS_EACH_CUDA(Gate gate;)

}  // namespace gradus::kernels
