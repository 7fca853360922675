#include "kernels/momentum_step.h"

#include "kernels/cpu/rows.h"

namespace gradus::kernels::cpu::GRADUS_ISA {

void momentum_step(float* x, float* v, const float* g, const float* rate, std::int64_t n, const MomentumOptions& o,
                   Stream stream) {
    // x -= by_slope g + by_speed v, with the new v
    const auto keep = static_cast<float>(o.momentum), decay = static_cast<float>(o.decay);
    const float by_slope = o.nesterov ? *rate : 0.0f, by_speed = o.nesterov ? *rate * keep : *rate;
    const auto lo = static_cast<float>(o.box.lo), hi = static_cast<float>(o.box.hi);
    for_rows(stream, n, 1, true, [&](std::int64_t first, std::int64_t values) {
        float* __restrict x_at = x + first, * __restrict v_at = v + first;
        const float* __restrict g_at = g + first;
        for (std::int64_t i = 0; i < values; ++i) {
            const float slope = g_at[i] + decay * x_at[i], speed = keep * v_at[i] + slope;
            v_at[i] = speed;
            x_at[i] = in_box(x_at[i] - (by_slope * slope + by_speed * speed), lo, hi);
        }
    });
}

}  // namespace gradus::kernels::cpu::GRADUS_ISA
