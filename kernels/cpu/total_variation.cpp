#include "kernels/total_variation.h"

#include "kernels/cpu/parallel.h"
#include "kernels/cpu/sums.h"
#include "kernels/total_variation_terms.h"

namespace gradus::kernels::cpu::GRADUS_ISA {
namespace {

// A pixel and the two that it is compared with. Where one does not count, it points to the pixel itself: a difference
// of 0.
struct Corner {
    const float *here, *right, *down;
};

Corner corner(Pixels<const float> x, const TvShape& z, std::int64_t row, std::int64_t w) {
    const float* here = x[row * z.W + w];
    const bool right = w + 1 < z.W, down = row % z.H + 1 < z.H;
    if (z.kind == TvKind::squared && !(right && down)) return {here, here, here};
    return {here, right ? here + x.stride : here, down ? here + z.W * x.stride : here};
}

// Calls f(w, values) for the parts of a row whose pixels have the same neighbors: first, last, and between them all at
// once where memory has no gaps.
template <class F>
GRADUS_INLINE void for_parts(const TvShape& z, bool dense, const F& f) {
    for (std::int64_t w = 0, end = 0; w < z.W; w = end) {
        end = dense && w > 0 && w < z.W - 1 ? z.W - 1 : w + 1;
        f(w, (end - w) * z.C);
    }
}

}  // namespace

// One row at a time; the sums of the rows are added in order.
void total_variation(Pixels<const float> x, float* y, const TvShape& z, std::byte* scratch, Stream stream) {
    auto* sums = reinterpret_cast<double*>(scratch);
    with_kind(z, [&](auto kind) {
        parallel_for(stream, z.N * z.H, [&](std::int64_t row, int) {
            Sums sum = {};
            double rest = 0;
            for_parts(z, x.stride == z.C, [&](std::int64_t w, std::int64_t n) {
                const Corner c = corner(x, z, row, w);
                std::int64_t i = 0;
                for (; i + wide <= n; i += wide) {
                    const Sums here = load_wide(c.here + i);
                    sum += kind.term(load_wide(c.right + i) - here, load_wide(c.down + i) - here);
                }
                for (; i < n; ++i) {
                    const double here = static_cast<double>(c.here[i]);
                    rest += kind.term(static_cast<double>(c.right[i]) - here, static_cast<double>(c.down[i]) - here);
                }
            });
            sums[row] = total(sum) + rest;
        });
    });
    double sum = 0;
    for (std::int64_t row = 0; row < z.N * z.H; ++row) sum += sums[row];
    *y = static_cast<float>(sum);
}

// One row of dx at a time. A pixel appears in the differences of three corners: its own, its left neighbor's and its
// upper neighbor's.
void total_variation_backward(Pixels<const float> x, const float* dy, Pixels<float> dx, const TvShape& z, Write write,
                              Stream stream) {
    const float d = *dy;
    const bool accumulate = write == Write::accumulate;
    const bool dense = x.stride == z.C && dx.stride == z.C;
    with_kind(z, [&](auto kind) {
        parallel_for(stream, z.N * z.H, [&](std::int64_t row, int) {
            for_parts(z, dense, [&](std::int64_t w, std::int64_t n) {
                const Corner own = corner(x, z, row, w), none = {own.here, own.here, own.here};
                const Corner left = w > 0 ? corner(x, z, row, w - 1) : none;
                const Corner above = row % z.H > 0 ? corner(x, z, row - 1, w) : none;
                float* to = dx[row * z.W + w];
                for (std::int64_t i = 0; i < n; ++i) {
                    const float right = own.right[i] - own.here[i], down = own.down[i] - own.here[i];
                    const float from_left = left.right[i] - left.here[i], from_above = above.down[i] - above.here[i];
                    const float f = kind.factor(right, down);
                    const float f_left = kind.factor(from_left, left.down[i] - left.here[i]);
                    const float f_above = kind.factor(above.right[i] - above.here[i], from_above);
                    const float slope = kind.slope(from_left, f_left) + kind.slope(from_above, f_above) -
                                        kind.slope(right, f) - kind.slope(down, f);
                    to[i] = accumulate ? to[i] + d * slope : d * slope;
                }
            });
        });
    });
}

}  // namespace gradus::kernels::cpu::GRADUS_ISA
