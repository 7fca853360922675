#pragma once
#include "kernels/cpu/isa.h"
#include "kernels/pixels.h"

namespace gradus::kernels {

/// y = x in another storage type, rounded to nearest even
template <class From, class To>
using Cast = void(Pixels<const From> x, Pixels<To> y, std::int64_t pixels, std::int64_t channels, Write, Stream);

namespace reference {
template <class From, class To>
void cast(Pixels<const From> x, Pixels<To> y, std::int64_t pixels, std::int64_t channels, Write, Stream);
}
namespace cpu {
GRADUS_EACH_ISA(Cast<float, bf16> cast; Cast<bf16, float> cast;)
}

}  // namespace gradus::kernels
