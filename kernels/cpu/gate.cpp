#include "kernels/gate.h"

#include "kernels/cpu/rows.h"

namespace gradus::kernels::cpu::GRADUS_ISA {

void gate(const std::byte* x, std::int64_t x_step, const std::int32_t* stop, std::byte* y, std::int64_t y_step,
          std::int64_t pixels, std::int64_t bytes, Stream stream) {
    const bool stopped = *stop != 0;
    if (!stopped && x == y) return;
    for_rows(stream, pixels, bytes, x_step == bytes && y_step == bytes, [&](std::int64_t first, std::int64_t n) {
        if (stopped)
            __builtin_memset(y + first * y_step, 0, static_cast<std::size_t>(n));
        else
            __builtin_memcpy(y + first * y_step, x + first * x_step, static_cast<std::size_t>(n));
    });
}

}  // namespace gradus::kernels::cpu::GRADUS_ISA
