#pragma once
#include <cstddef>

#include "kernels/cpu/isa.h"
#include "kernels/cuda/providers.h"
#include "kernels/pixels.h"

namespace gradus::kernels {

/// One axis of a separable linear map: output i is the sum over k < count[i] of weights[i * width + k] times input
/// first[i] + k. Its transpose, the gradient, is a table of the same form.
template <class W>
struct Taps {
    std::int64_t width = 0;
    const std::int32_t* first = nullptr;
    const std::int32_t* count = nullptr;  // at most `width`
    const W* weights = nullptr;
};

/// The sizes of a resampling: x (N,H,W,C), y (N,P,Q,C).
struct ResampleShape {
    std::int64_t N, H, W, C, P, Q;
};

/// y(p,q) = the sum over the taps of row p and of column q of their weights times x. `scratch` starts on a 64-byte
/// boundary.
template <class T>
using Resample = void(Pixels<const T> x, Pixels<T> y, const ResampleShape&, const Taps<Compute<T>>& rows,
                      const Taps<Compute<T>>& columns, Write, std::byte* scratch, Stream);

namespace reference {  // needs no scratch
template <class T>
void resample(Pixels<const T> x, Pixels<T> y, const ResampleShape&, const Taps<Compute<T>>& rows,
              const Taps<Compute<T>>& columns, Write, std::byte* scratch, Stream);
}

namespace cpu {
/// The scratch memory on so many threads, in bytes: two rows for each.
GRADUS_INLINE std::size_t resample_scratch_bytes(const ResampleShape& s, int threads) {
    const auto row = static_cast<std::size_t>((s.W + s.Q) * s.C + 64);
    return row * sizeof(float) * static_cast<std::size_t>(threads);
}
GRADUS_EACH_ISA(Resample<float> resample;)
}  // namespace cpu

GRADUS_EACH_CUDA(Resample<float> resample; Resample<bf16> resample;)

}  // namespace gradus::kernels
