#include "kernels/increment.h"

namespace gradus::kernels::reference {

void increment(const std::int32_t* x, const std::int32_t* more, std::int32_t* y, std::int64_t n, std::int32_t by,
               Stream) {
    if (more != nullptr) by += *more;
    for (std::int64_t i = 0; i < n; ++i) y[i] = x[i] + by;
}

}  // namespace gradus::kernels::reference
