#include "kernels/roll.h"

#include "kernels/border.h"
#include "kernels/cpu/parallel.h"
#include "kernels/cpu/pixel_runs.h"

namespace gradus::kernels::cpu::GRADUS_ISA {
namespace {

// One row of y at a time, in the two runs that the wrap cuts it into.
template <bool accumulate>
void forward(Pixels<const float> x, const std::int32_t* offset, Pixels<float> y, const RollShape& s, int sign,
             Stream stream) {
    parallel_ranges(stream, s.N * s.H, rows_per_block(s.W * s.C), [&](std::int64_t first, std::int64_t last) {
        for (std::int64_t row = first; row < last; ++row) {
            const std::int64_t n = row / s.H;
            const std::int32_t* by = s.offset_each ? offset + 2 * n : offset;
            const std::int64_t from = (n * s.H + wrap(row % s.H - sign * std::int64_t{by[0]}, s.H)) * s.W;
            const std::int64_t shift = wrap(sign * std::int64_t{by[1]}, s.W), to = row * s.W;
            put_pixels<accumulate>(x, from, y, to + shift, s.W - shift, s.C);
            put_pixels<accumulate>(x, from + s.W - shift, y, to, shift, s.C);
        }
    });
}

}  // namespace

void roll(Pixels<const float> x, const std::int32_t* offset, Pixels<float> y, const RollShape& s, int sign, Write write,
          Stream stream) {
    if (write == Write::accumulate)
        forward<true>(x, offset, y, s, sign, stream);
    else
        forward<false>(x, offset, y, s, sign, stream);
}

}  // namespace gradus::kernels::cpu::GRADUS_ISA
