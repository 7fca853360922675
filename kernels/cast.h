#pragma once
#include "kernels/cpu/isa.h"
#include "kernels/cuda/providers.h"
#include "kernels/pixels.h"

namespace gradus::kernels {

/// y = x in another storage type, rounded to nearest even
template <class From, class To>
using Cast = void(Pixels<const From> x, Pixels<To> y, std::int64_t pixels, std::int64_t channels, Write, Stream);

/// The two that nets record.
using CastToBf16 = Cast<float, bf16>;
using CastToF32 = Cast<bf16, float>;

namespace reference {
template <class From, class To>
void cast(Pixels<const From> x, Pixels<To> y, std::int64_t pixels, std::int64_t channels, Write, Stream);
}
namespace cpu {
GRADUS_EACH_ISA(CastToBf16 cast; CastToF32 cast;)
}
GRADUS_EACH_CUDA(CastToBf16 cast; CastToF32 cast;)

}  // namespace gradus::kernels
