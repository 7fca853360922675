#pragma once
#include "kernels/cuda/providers.h"
#include "kernels/stream.h"

namespace gradus::kernels {

/// y = x + by, and + `more` (1) where that is not null, for counters. y may be x itself.
using Increment = void(const std::int32_t* x, const std::int32_t* more, std::int32_t* y, std::int64_t n,
                       std::int32_t by, Stream);

namespace reference {
Increment increment;
}
GRADUS_EACH_CUDA(Increment increment;)

}  // namespace gradus::kernels
