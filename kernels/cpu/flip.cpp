#include "kernels/flip.h"

#include "kernels/cpu/parallel.h"
#include "kernels/cpu/pixel_runs.h"

namespace gradus::kernels::cpu::GRADUS_ISA {
namespace {

// One row of y at a time: a run where its columns keep their order, else pixel by pixel.
template <bool accumulate>
void forward(Pixels<const float> x, Pixels<float> y, const FlipShape& s, Stream stream) {
    parallel_ranges(stream, s.N * s.H, rows_per_block(s.W * s.C), [&](std::int64_t first, std::int64_t last) {
        for (std::int64_t row = first; row < last; ++row) {
            const std::int64_t h = row % s.H, start = (row - h + (s.rows ? s.H - 1 - h : h)) * s.W;
            if (!s.columns) {
                put_pixels<accumulate>(x, start, y, row * s.W, s.W, s.C);
                continue;
            }
            for (std::int64_t w = 0; w < s.W; ++w) put<accumulate>(y[row * s.W + w], x[start + s.W - 1 - w], s.C);
        }
    });
}

}  // namespace

void flip(Pixels<const float> x, Pixels<float> y, const FlipShape& s, Write write, Stream stream) {
    if (write == Write::accumulate)
        forward<true>(x, y, s, stream);
    else
        forward<false>(x, y, s, stream);
}

}  // namespace gradus::kernels::cpu::GRADUS_ISA
