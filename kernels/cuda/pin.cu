#include "kernels/cuda/fours.cuh"
#include "kernels/pin.h"

namespace gradus::kernels::GRADUS_CUDA {
namespace {

// One thread per four values, in a grid-stride loop. Traffic: reads v, x and push, writes y once each, 16 bytes per
// value for 4 flops. Bound by memory. y may be v or push: a thread reads its values before it writes them.
template <bool aligned>
__global__ void __launch_bounds__(threads_per_block)
    pin_kernel(const float* v, const float* x, const float* push, float* y, std::int64_t n, float lo, float hi) {
    for (auto i = 4 * first_element(); i < n; i += 4 * grid_stride()) {
        Four kept = load_four<aligned>(v, i, n);
        const Four at = load_four<aligned>(x, i, n), to = load_four<aligned>(push, i, n);
#pragma unroll
        for (int k = 0; k < 4; ++k) kept.at[k] = is_pinned(at.at[k], to.at[k], lo, hi) ? 0.0f : kept.at[k];
        store_four<aligned>(y, kept, i, n);
    }
}

}  // namespace

void pin(const float* v, const float* x, const float* push, float* y, std::int64_t n, const Box& box, Stream stream) {
    const auto with = [&]<bool aligned>() {
        launch(pin_kernel<aligned>, {.blocks = blocks_of_fours(n), .threads = threads_per_block}, stream, v, x, push, y,
               n, static_cast<float>(box.lo), static_cast<float>(box.hi));
    };
    with_alignment(with, v, x, push, y);
}

}  // namespace gradus::kernels::GRADUS_CUDA
