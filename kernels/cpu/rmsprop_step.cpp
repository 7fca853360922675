#include "kernels/rmsprop_step.h"

#include "kernels/cpu/rows.h"
#include "kernels/cpu/simd.h"

namespace gradus::kernels::cpu::GRADUS_ISA {

void rmsprop_step(float* x, float* v, const float* g, const float* rate, std::int64_t n, const RmspropOptions& o,
                  Stream stream) {
    const auto keep = static_cast<float>(o.decay), more = static_cast<float>(1 - o.decay);
    const auto eps = static_cast<float>(o.eps);
    const vec lo = vec{} + static_cast<float>(o.box.lo), hi = vec{} + static_cast<float>(o.box.hi);
    const float by = *rate;
    for_vectors<lanes>(stream, n, [&](i64 i, i64 count) {
        const vec slope = load(g + i, count), square = keep * load(v + i, count) + more * slope * slope;
        store(v + i, square, count);
        store(x + i, in_box(load(x + i, count) - by * slope / (square_root(square) + eps), lo, hi), count);
    });
}

}  // namespace gradus::kernels::cpu::GRADUS_ISA
