#include "kernels/lookup.h"

#include <algorithm>

namespace gradus::kernels::reference {

void lookup(const float* table, const std::int32_t* index, float* y, std::int64_t n, std::int64_t k, Stream) {
    for (std::int64_t i = 0; i < k; ++i) y[i] = table[std::clamp<std::int64_t>(index[i], 0, n - 1)];
}

}  // namespace gradus::kernels::reference
