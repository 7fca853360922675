#include "kernels/momentum_step.h"

#include "kernels/cpu/rows.h"
#include "kernels/cpu/simd.h"

namespace gradus::kernels::cpu::GRADUS_ISA {

void momentum_step(float* x, float* v, const float* g, const float* rate, std::int64_t n, const MomentumOptions& o,
                   Stream stream) {
    // x -= by_slope g + by_speed v, with the new v
    const auto keep = static_cast<float>(o.momentum), decay = static_cast<float>(o.decay);
    const float by_slope = o.nesterov ? *rate : 0.0f, by_speed = o.nesterov ? *rate * keep : *rate;
    const vec lo = vec{} + static_cast<float>(o.box.lo), hi = vec{} + static_cast<float>(o.box.hi);
    for_vectors<lanes>(stream, n, [&](i64 i, i64 count) {
        const vec at = load(x + i, count);
        const vec slope = load(g + i, count) + decay * at, speed = keep * load(v + i, count) + slope;
        store(v + i, speed, count);
        store(x + i, in_box(at - (by_slope * slope + by_speed * speed), lo, hi), count);
    });
}

}  // namespace gradus::kernels::cpu::GRADUS_ISA
