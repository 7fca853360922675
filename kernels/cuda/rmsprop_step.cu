#include "kernels/cuda/fours.cuh"
#include "kernels/rmsprop_step.h"

namespace gradus::kernels::GRADUS_CUDA {
namespace {

struct RmspropNumbers {
    float keep, more, eps, lo, hi;
};

// One thread per four values, in a grid-stride loop. Traffic: reads x, v and g, writes x and v once each, 20 bytes per
// value for some 8 flops. Bound by memory.
template <bool aligned>
__global__ void __launch_bounds__(threads_per_block)
    rmsprop_step_kernel(float* x, float* v, const float* g, const float* rate, std::int64_t n, RmspropNumbers a) {
    const float by = *rate;
    for (auto i = 4 * first_element(); i < n; i += 4 * grid_stride()) {
        Four at = load_four<aligned>(x, i, n), square = load_four<aligned>(v, i, n);
        const Four slope = load_four<aligned>(g, i, n);
#pragma unroll
        for (int k = 0; k < 4; ++k) {
            square.at[k] = a.keep * square.at[k] + a.more * slope.at[k] * slope.at[k];
            at.at[k] = in_box(at.at[k] - by * slope.at[k] / (sqrtf(square.at[k]) + a.eps), a.lo, a.hi);
        }
        store_four<aligned>(v, square, i, n);
        store_four<aligned>(x, at, i, n);
    }
}

}  // namespace

void rmsprop_step(float* x, float* v, const float* g, const float* rate, std::int64_t n, const RmspropOptions& o,
                  Stream stream) {
    const RmspropNumbers numbers{static_cast<float>(o.decay), static_cast<float>(1 - o.decay),
                                 static_cast<float>(o.eps), static_cast<float>(o.box.lo), static_cast<float>(o.box.hi)};
    const auto with = [&]<bool aligned>() {
        launch(rmsprop_step_kernel<aligned>, {.blocks = blocks_of_fours(n), .threads = threads_per_block}, stream, x, v,
               g, rate, n, numbers);
    };
    with_alignment(with, x, v, g);
}

}  // namespace gradus::kernels::GRADUS_CUDA
