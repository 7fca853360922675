#include "kernels/gate.h"

namespace gradus::kernels::reference {

void gate(const std::byte* x, std::int64_t x_step, const std::int32_t* stop, std::byte* y, std::int64_t y_step,
          std::int64_t pixels, std::int64_t bytes, Stream) {
    for (std::int64_t i = 0; i < pixels; ++i)
        for (std::int64_t b = 0; b < bytes; ++b) y[i * y_step + b] = *stop == 0 ? x[i * x_step + b] : std::byte{0};
}

}  // namespace gradus::kernels::reference
