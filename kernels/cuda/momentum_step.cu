#include "kernels/cuda/fours.cuh"
#include "kernels/momentum_step.h"

namespace gradus::kernels::GRADUS_CUDA {
namespace {

// One thread per four values, in a grid-stride loop. Traffic: reads x, v and g, writes x and v once each, 20 bytes per
// value for 8 flops. Bound by memory.
template <bool nesterov, bool aligned>
__global__ void __launch_bounds__(threads_per_block)
    momentum_step_kernel(float* x, float* v, const float* g, const float* rate, std::int64_t n, float keep, float decay,
                         float lo, float hi) {
    const float by = *rate;
    for (auto i = 4 * first_element(); i < n; i += 4 * grid_stride()) {
        Four at = load_four<aligned>(x, i, n), speed = load_four<aligned>(v, i, n);
        Four slope = load_four<aligned>(g, i, n);
#pragma unroll
        for (int k = 0; k < 4; ++k) {
            slope.at[k] += decay * at.at[k];
            speed.at[k] = keep * speed.at[k] + slope.at[k];
            const float change = nesterov ? slope.at[k] + keep * speed.at[k] : speed.at[k];
            at.at[k] = in_box(at.at[k] - by * change, lo, hi);
        }
        store_four<aligned>(v, speed, i, n);
        store_four<aligned>(x, at, i, n);
    }
}

}  // namespace

void momentum_step(float* x, float* v, const float* g, const float* rate, std::int64_t n, const MomentumOptions& o,
                   Stream stream) {
    const auto with = [&]<bool aligned>() {
        const auto kernel = o.nesterov ? momentum_step_kernel<true, aligned> : momentum_step_kernel<false, aligned>;
        launch(kernel, {.blocks = blocks_of_fours(n), .threads = threads_per_block}, stream, x, v, g, rate, n,
               static_cast<float>(o.momentum), static_cast<float>(o.decay), static_cast<float>(o.box.lo),
               static_cast<float>(o.box.hi));
    };
    with_alignment(with, x, v, g);
}

}  // namespace gradus::kernels::GRADUS_CUDA
