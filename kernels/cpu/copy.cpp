#include "kernels/copy.h"

#include "kernels/cpu/rows.h"

namespace gradus::kernels::cpu::GRADUS_ISA {

void copy(const std::byte* x, std::int64_t x_step, std::byte* y, std::int64_t y_step, std::int64_t pixels,
          std::int64_t bytes, Stream stream) {
    for_rows(stream, pixels, bytes, x_step == bytes && y_step == bytes, [&](std::int64_t first, std::int64_t n) {
        __builtin_memcpy(y + first * y_step, x + first * x_step, static_cast<std::size_t>(n));
    });
}

}  // namespace gradus::kernels::cpu::GRADUS_ISA
