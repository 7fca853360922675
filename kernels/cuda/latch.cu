#include "kernels/cuda/launch.cuh"
#include "kernels/latch.h"

namespace gradus::kernels::GRADUS_CUDA {
namespace {

// One thread: it looks at a handful of numbers, and is bound by the launch.
__global__ void latch_kernel(const std::int32_t* held, Numbers finite, Numbers score, double level, std::int32_t* y) {
    LatchReason now = score.count > 0 && score[0] >= level ? LatchReason::reached : LatchReason::going_on;
    for (std::int64_t i = 0; i < finite.count; ++i)
        if (!isfinite(finite[i])) now = LatchReason::not_finite;
    *y = *held != 0 ? *held : static_cast<std::int32_t>(now);
}

}  // namespace

void latch(const std::int32_t* held, const Numbers& finite, const Numbers& score, double level, std::int32_t* y,
           Stream stream) {
    launch(latch_kernel, {.blocks = 1, .threads = 1}, stream, held, finite, score, level, y);
}

}  // namespace gradus::kernels::GRADUS_CUDA
