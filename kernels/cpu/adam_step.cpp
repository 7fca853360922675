#include "kernels/adam_step.h"

#include <cmath>

#include "kernels/cpu/rows.h"

namespace gradus::kernels::cpu::GRADUS_ISA {

void adam_step(float* x, float* m, float* v, std::int32_t* steps, const float* g, const float* rate, std::int64_t n,
               const AdamOptions& o, std::byte*, Stream stream) {
    const double t = ++*steps;
    const auto keep1 = static_cast<float>(o.beta1), add1 = static_cast<float>(1 - o.beta1);
    const auto keep2 = static_cast<float>(o.beta2), add2 = static_cast<float>(1 - o.beta2);
    const auto size = static_cast<float>(static_cast<double>(*rate) / (1 - ::pow(o.beta1, t)));
    const auto root = static_cast<float>(1 / __builtin_sqrt(1 - ::pow(o.beta2, t)));
    const auto eps = static_cast<float>(o.eps), lo = static_cast<float>(o.box.lo), hi = static_cast<float>(o.box.hi);
    for_rows(stream, n, 1, true, [&](std::int64_t first, std::int64_t values) {
        float* __restrict x_at = x + first, * __restrict m_at = m + first, * __restrict v_at = v + first;
        const float* __restrict g_at = g + first;
        for (std::int64_t i = 0; i < values; ++i) {
            const float slope = g_at[i];
            const float mean = keep1 * m_at[i] + add1 * slope, square = keep2 * v_at[i] + add2 * slope * slope;
            m_at[i] = mean;
            v_at[i] = square;
            x_at[i] = in_box(x_at[i] - size * mean / (__builtin_sqrtf(square) * root + eps), lo, hi);
        }
    });
}

}  // namespace gradus::kernels::cpu::GRADUS_ISA
