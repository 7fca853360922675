#pragma once
#include <cstddef>

#include "kernels/cuda/providers.h"
#include "kernels/pixels.h"

namespace gradus::kernels {

/// Pictures of so many pixels and channels, one after the other.
struct GramShape {
    std::int64_t pictures, pixels, channels;
};

/// y (pictures, channels, channels) = x^T x of each picture. The result is symmetric: half of it is computed and
/// mirrored. Processors use kernels/matmul.h for it.
using Gram = void(Pixels<const float> x, float* y, const GramShape&, Write, std::byte* scratch, Stream);

/// The scratch memory that it needs, in bytes.
using GramScratchBytes = std::size_t(const GramShape&);

GRADUS_EACH_CUDA(Gram gram; GramScratchBytes gram_scratch_bytes;
                 Gram gram_mma;)  // on tensor cores, from compute capability 8.0 on, in TF32; the same scratch

}  // namespace gradus::kernels
