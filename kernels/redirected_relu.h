#pragma once
#include <cstddef>

#include "kernels/cpu/isa.h"
#include "kernels/cuda/providers.h"
#include "kernels/pixels.h"

namespace gradus::kernels {

/// A batch: so many items, each of so many pixels.
struct BatchShape {
    std::int64_t items = 1, pixels = 1, channels = 1;

    /// Into how many parts the search for a gradient cuts an item: 16384 values each, and no more than a block of CUDA
    /// threads reads at once.
    GRADUS_INLINE std::int64_t parts() const {
        const std::int64_t parts = (pixels * channels + (1 << 14) - 1) / (1 << 14);
        return parts < 1 ? 1 : parts > 256 ? 256 : parts;
    }
};

/// What the fast kernels need room for: one byte a part, whether a gradient gets through there.
GRADUS_INLINE std::size_t redirected_relu_scratch_bytes(const BatchShape& b) {
    return static_cast<std::size_t>(b.items * b.parts());
}

/// dx = dy where x > 0; in items where all of that is 0, dx = dy but for x < 0 with dy > 0. dx may be dy.
template <class T>
using RedirectedReluBackward = void(Pixels<const T> x, Pixels<const T> dy, Pixels<T> dx, const BatchShape&,
                                    std::byte* scratch, Write, Stream);

namespace reference {
template <class T>
void redirected_relu_backward(Pixels<const T> x, Pixels<const T> dy, Pixels<T> dx, const BatchShape&,
                              std::byte* scratch, Write, Stream);
}
namespace cpu {
GRADUS_EACH_ISA(RedirectedReluBackward<float> redirected_relu_backward;
                RedirectedReluBackward<bf16> redirected_relu_backward;)
}
GRADUS_EACH_CUDA(RedirectedReluBackward<float> redirected_relu_backward;
                 RedirectedReluBackward<bf16> redirected_relu_backward;)

}  // namespace gradus::kernels
