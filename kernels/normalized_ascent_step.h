#pragma once
#include <cstddef>

#include "kernels/box.h"
#include "kernels/cpu/isa.h"
#include "kernels/cuda/providers.h"
#include "kernels/reduce.h"
#include "kernels/stream.h"

namespace gradus::kernels {

/// What a gradient is divided by before the step.
enum class AscentNorm {
    mean_abs,  // mean |g|: the mean change of a value is the rate
    rms,       // the root of the mean square
    none,      // nothing: plain gradient ascent
};

struct AscentOptions {
    AscentNorm norm = AscentNorm::mean_abs;
    double eps = 1e-20;
    Box box = {};
};

/// Room for the sums of blocks, and on a GPU for the rate that follows from them.
GRADUS_INLINE std::int64_t ascent_scratch(std::int64_t n, bool on_cuda) {
    return (on_cuda ? cuda_reduce_blocks(n) + 1 : reduce_blocks(n, 1)) * static_cast<std::int64_t>(sizeof(double));
}

/// x += rate g / (norm of g + eps). `scratch`: one double per block, and one more on a GPU.
template <class T>
using NormalizedAscentStep = void(T* x, const T* g, const T* rate, std::int64_t n, const AscentOptions&,
                                  std::byte* scratch, Stream);

namespace reference {
template <class T>
void normalized_ascent_step(T* x, const T* g, const T* rate, std::int64_t n, const AscentOptions&, std::byte* scratch,
                            Stream);
}
namespace cpu {
GRADUS_EACH_ISA(NormalizedAscentStep<float> normalized_ascent_step;)
}
GRADUS_EACH_CUDA(NormalizedAscentStep<float> normalized_ascent_step;)

}  // namespace gradus::kernels
