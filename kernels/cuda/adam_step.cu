#include "kernels/adam_step.h"
#include "kernels/cuda/fours.cuh"

namespace gradus::kernels::GRADUS_CUDA {
namespace {

// What depends on the count, the same for all values.
struct AdamScale {
    float size, root;  // rate / (1 - beta1^t), 1 / sqrt(1 - beta2^t)
};

struct AdamNumbers {
    float keep1, add1, keep2, add2, eps, lo, hi;
};

// One thread: counts the step. The update comes after it on the stream, so that no thread reads a count that another
// one changes.
__global__ void adam_scale_kernel(std::int32_t* steps, const float* rate, double beta1, double beta2,
                                  AdamScale* scale) {
    const int t = *steps + 1;
    *steps = t;
    scale->size = static_cast<float>(static_cast<double>(*rate) / (1 - pow(beta1, static_cast<double>(t))));
    scale->root = static_cast<float>(1 / sqrt(1 - pow(beta2, static_cast<double>(t))));
}

// One thread per four values, in a grid-stride loop. Traffic: reads x, m, v and g, writes x, m and v once each, 28
// bytes per value for some 14 flops. Bound by memory.
template <bool aligned>
__global__ void __launch_bounds__(threads_per_block)
    adam_step_kernel(float* x, float* m, float* v, const float* g, const AdamScale* scale, std::int64_t n,
                     AdamNumbers a) {
    const AdamScale s = *scale;
    for (auto i = 4 * first_element(); i < n; i += 4 * grid_stride()) {
        Four at = load_four<aligned>(x, i, n), mean = load_four<aligned>(m, i, n), square = load_four<aligned>(v, i, n);
        const Four slope = load_four<aligned>(g, i, n);
#pragma unroll
        for (int k = 0; k < 4; ++k) {
            mean.at[k] = a.keep1 * mean.at[k] + a.add1 * slope.at[k];
            square.at[k] = a.keep2 * square.at[k] + a.add2 * slope.at[k] * slope.at[k];
            at.at[k] = in_box(at.at[k] - s.size * mean.at[k] / (sqrtf(square.at[k]) * s.root + a.eps), a.lo, a.hi);
        }
        store_four<aligned>(m, mean, i, n);
        store_four<aligned>(v, square, i, n);
        store_four<aligned>(x, at, i, n);
    }
}

}  // namespace

void adam_step(float* x, float* m, float* v, std::int32_t* steps, const float* g, const float* rate, std::int64_t n,
               const AdamOptions& o, std::byte* scratch, Stream stream) {
    auto* scale = reinterpret_cast<AdamScale*>(scratch);
    const AdamNumbers numbers{static_cast<float>(o.beta1), static_cast<float>(1 - o.beta1),
                              static_cast<float>(o.beta2), static_cast<float>(1 - o.beta2),
                              static_cast<float>(o.eps),   static_cast<float>(o.box.lo),
                              static_cast<float>(o.box.hi)};
    launch(adam_scale_kernel, {}, stream, steps, rate, o.beta1, o.beta2, scale);
    const auto with = [&]<bool aligned>() {
        launch(adam_step_kernel<aligned>, {.blocks = blocks_of_fours(n), .threads = threads_per_block}, stream, x, m, v,
               g, scale, n, numbers);
    };
    with_alignment(with, x, m, v, g);
}

}  // namespace gradus::kernels::GRADUS_CUDA
