#include "kernels/rmsprop_step.h"

#include "kernels/cpu/rows.h"

namespace gradus::kernels::cpu::GRADUS_ISA {

void rmsprop_step(float* x, float* v, const float* g, const float* rate, std::int64_t n, const RmspropOptions& o,
                  Stream stream) {
    const auto keep = static_cast<float>(o.decay), more = static_cast<float>(1 - o.decay);
    const auto eps = static_cast<float>(o.eps), lo = static_cast<float>(o.box.lo), hi = static_cast<float>(o.box.hi);
    const float by = *rate;
    for_rows(stream, n, 1, true, [&](std::int64_t first, std::int64_t values) {
        float* __restrict x_at = x + first, * __restrict v_at = v + first;
        const float* __restrict g_at = g + first;
        for (std::int64_t i = 0; i < values; ++i) {
            const float slope = g_at[i], square = keep * v_at[i] + more * slope * slope;
            v_at[i] = square;
            x_at[i] = in_box(x_at[i] - by * slope / (__builtin_sqrtf(square) + eps), lo, hi);
        }
    });
}

}  // namespace gradus::kernels::cpu::GRADUS_ISA
