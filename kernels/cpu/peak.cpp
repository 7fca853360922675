#include "kernels/peak.h"

#include "kernels/cpu/parallel.h"
#include "kernels/cpu/simd.h"

namespace gradus::kernels::cpu::GRADUS_ISA {

// Twelve independent sums hide the latency of the multiply-add (4 cycles, two a cycle) and fit into sixteen registers.
double peak_flops(Stream stream) {
    constexpr int sums = 12, rounds = 1 << 20;
    parallel_for(stream, stream.threads, [&](std::int64_t block, int) {
        vec sum[sums];
        for (int i = 0; i < sums; ++i) sum[i] = vec{} + static_cast<float>(block + i);
        const vec a = vec{} + 0.999f, b = vec{} + 1e-3f;
        for (int r = 0; r < rounds; ++r)
            for (int i = 0; i < sums; ++i) sum[i] = sum[i] * a + b;
        for (int i = 0; i < sums; ++i) asm volatile("" : : "m"(sum[i]));  // so that nobody optimizes it away
    });
    return 2.0 * sums * rounds * lanes * stream.threads;
}

}  // namespace gradus::kernels::cpu::GRADUS_ISA
