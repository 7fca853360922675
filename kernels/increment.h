#pragma once
#include "kernels/cuda/providers.h"
#include "kernels/stream.h"

namespace gradus::kernels {

/// y = x + by, for counters.
using Increment = void(const std::int32_t* x, std::int32_t* y, std::int64_t n, std::int32_t by, Stream);

namespace reference {
Increment increment;
}
GRADUS_EACH_CUDA(Increment increment;)

}  // namespace gradus::kernels
