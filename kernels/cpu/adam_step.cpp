#include "kernels/adam_step.h"

#include <cmath>

#include "kernels/cpu/rows.h"
#include "kernels/cpu/simd.h"

namespace gradus::kernels::cpu::GRADUS_ISA {

void adam_step(float* x, float* m, float* v, std::int32_t* steps, const float* g, const float* rate, std::int64_t n,
               const AdamOptions& o, std::byte*, Stream stream) {
    const double t = ++*steps;
    const auto keep1 = static_cast<float>(o.beta1), add1 = static_cast<float>(1 - o.beta1);
    const auto keep2 = static_cast<float>(o.beta2), add2 = static_cast<float>(1 - o.beta2);
    const auto size = static_cast<float>(static_cast<double>(*rate) / (1 - ::pow(o.beta1, t)));
    const auto root = static_cast<float>(1 / __builtin_sqrt(1 - ::pow(o.beta2, t)));
    const auto eps = static_cast<float>(o.eps);
    const vec lo = vec{} + static_cast<float>(o.box.lo), hi = vec{} + static_cast<float>(o.box.hi);
    for_vectors<lanes>(stream, n, [&](i64 i, i64 count) {
        const vec slope = load(g + i, count);
        const vec mean = keep1 * load(m + i, count) + add1 * slope;
        const vec square = keep2 * load(v + i, count) + add2 * slope * slope;
        store(m + i, mean, count);
        store(v + i, square, count);
        const vec by = size * mean / (square_root(square) * root + eps);
        store(x + i, in_box(load(x + i, count) - by, lo, hi), count);
    });
}

}  // namespace gradus::kernels::cpu::GRADUS_ISA
