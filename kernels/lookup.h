#pragma once
#include "kernels/cuda/providers.h"
#include "kernels/stream.h"

namespace gradus::kernels {

/// y (k) = table (n) at each index (k), clipped to 0..n-1.
using Lookup = void(const float* table, const std::int32_t* index, float* y, std::int64_t n, std::int64_t k, Stream);

namespace reference {
Lookup lookup;
}
GRADUS_EACH_CUDA(Lookup lookup;)

}  // namespace gradus::kernels
