#include "kernels/normalized_ascent_step.h"

#include "kernels/cpu/rows.h"
#include "kernels/cpu/sums.h"

namespace gradus::kernels::cpu::GRADUS_ISA {
namespace {

GRADUS_INLINE double term(double g, bool absolute) { return absolute ? __builtin_fabs(g) : g * g; }

// The sum of |g| or g^2: each block in some thread, the blocks' sums in order.
double norm_sum(const float* g, std::int64_t n, bool absolute, std::byte* scratch, Stream stream) {
    auto* sums = reinterpret_cast<double*>(scratch);
    const std::int64_t blocks = reduce_blocks(n, 1);
    parallel_for(stream, blocks, [&](std::int64_t b, int) {
        const std::int64_t first = b * reduce_block, last = first + reduce_block < n ? first + reduce_block : n;
        Sums even = {};
        std::int64_t i = first;
        for (; i + wide <= last; i += wide) {
            const Sums v = load_wide(g + i), zero = {};
            even += absolute ? (v < zero ? -v : v) : v * v;
        }
        double rest = 0;
        for (; i < last; ++i) rest += term(static_cast<double>(g[i]), absolute);
        sums[b] = total(even) + rest;
    });
    double sum = 0;
    for (std::int64_t b = 0; b < blocks; ++b) sum += sums[b];
    return sum;
}

}  // namespace

void normalized_ascent_step(float* x, const float* g, const float* rate, std::int64_t n, const AscentOptions& o,
                            std::byte* scratch, Stream stream) {
    double divisor = 1;
    if (o.norm != AscentNorm::none) {
        const bool absolute = o.norm == AscentNorm::mean_abs;
        const double mean = norm_sum(g, n, absolute, scratch, stream) / static_cast<double>(n);
        divisor = (absolute ? mean : __builtin_sqrt(mean)) + o.eps;
    }
    const auto by = static_cast<float>(static_cast<double>(*rate) / divisor);
    const auto lo = static_cast<float>(o.box.lo), hi = static_cast<float>(o.box.hi);
    for_rows(stream, n, 1, true, [&](std::int64_t first, std::int64_t values) {
        float* __restrict x_at = x + first;
        const float* __restrict g_at = g + first;
        for (std::int64_t i = 0; i < values; ++i) x_at[i] = in_box(x_at[i] + by * g_at[i], lo, hi);
    });
}

}  // namespace gradus::kernels::cpu::GRADUS_ISA
