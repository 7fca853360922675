#pragma once
#include <cstddef>

#include "kernels/border.h"
#include "kernels/cuda/providers.h"
#include "kernels/resample.h"

namespace gradus::kernels {

/// The sizes of a blur: x and y (N,H,W,C), 2 radius + 1 taps along each axis.
struct BlurShape {
    std::int64_t N, H, W, C, radius;
    PadMode border = PadMode::reflect;
    bool transposed = false;  // the gradient: x is dy, y is dx
};

/// y = x convolved with a Gaussian along rows and columns; `sigma` points to one number, in pixels. With sigma <= 0, y
/// = x. `scratch` starts on a 64-byte boundary.
template <class T>
using GaussianBlur = void(Pixels<const T> x, const float* sigma, Pixels<T> y, const BlurShape&, Write,
                          std::byte* scratch, Stream);

/// The scratch memory of either kernel on so many threads, in bytes.
GRADUS_INLINE std::size_t gaussian_blur_scratch_bytes(const BlurShape& s, int threads) {
    const auto taps = static_cast<std::size_t>(2 * s.radius + 1);
    const std::size_t bell = (taps * sizeof(double) + 63) / 64 * 64;
    const std::size_t tables = (static_cast<std::size_t>(s.H + s.W) * (taps + 2) * sizeof(float) + 63) / 64 * 64;
    return bell + tables + cpu::resample_scratch_bytes({s.N, s.H, s.W, s.C, s.H, s.W}, threads);
}

namespace reference {
template <class T>
void gaussian_blur(Pixels<const T> x, const float* sigma, Pixels<T> y, const BlurShape&, Write, std::byte* scratch,
                   Stream);
}
namespace cpu {
GRADUS_EACH_ISA(GaussianBlur<float> gaussian_blur;)
}

GRADUS_EACH_CUDA(GaussianBlur<float> gaussian_blur; GaussianBlur<bf16> gaussian_blur;
                 std::size_t gaussian_blur_scratch(const BlurShape&);  // in bytes
)

}  // namespace gradus::kernels
