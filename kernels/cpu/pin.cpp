#include "kernels/pin.h"

#include "kernels/cpu/rows.h"

namespace gradus::kernels::cpu::GRADUS_ISA {

void pin(const float* v, const float* x, const float* push, float* y, std::int64_t n, const Box& box, Stream stream) {
    const auto lo = static_cast<float>(box.lo), hi = static_cast<float>(box.hi);
    for_rows(stream, n, 1, true, [&](std::int64_t first, std::int64_t values) {
        const float *v_at = v + first, *x_at = x + first, *push_at = push + first;
        float* y_at = y + first;
        for (std::int64_t i = 0; i < values; ++i) y_at[i] = is_pinned(x_at[i], push_at[i], lo, hi) ? 0.0f : v_at[i];
    });
}

}  // namespace gradus::kernels::cpu::GRADUS_ISA
