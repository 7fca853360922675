#pragma once
#include "kernels/cpu/isa.h"
#include "kernels/cuda/providers.h"
#include "kernels/pixels.h"

namespace gradus::kernels {

/// dx (pixels, channels) = dy (pixels, count) in the channels first ... first + count - 1 and 0 in the others: the
/// gradient of a slice. Accumulating, it adds dy to its channels and leaves the others alone.
template <class T>
using Widen = void(Pixels<const T> dy, Pixels<T> dx, std::int64_t pixels, std::int64_t channels, std::int64_t first,
                   std::int64_t count, Write, Stream);

namespace reference {
template <class T>
void widen(Pixels<const T> dy, Pixels<T> dx, std::int64_t pixels, std::int64_t channels, std::int64_t first,
           std::int64_t count, Write, Stream);
}
namespace cpu {
GRADUS_EACH_ISA(Widen<float> widen; Widen<bf16> widen;)
}
GRADUS_EACH_CUDA(Widen<float> widen; Widen<bf16> widen;)

}  // namespace gradus::kernels
