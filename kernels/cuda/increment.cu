#include "kernels/cuda/grid.cuh"
#include "kernels/increment.h"

namespace gradus::kernels::GRADUS_CUDA {
namespace {

// One thread per counter, of which there are few: bound by the launch. y may be x itself.
__global__ void __launch_bounds__(threads_per_block)
    increment_kernel(const std::int32_t* x, const std::int32_t* more, std::int32_t* y, std::int64_t n,
                     std::int32_t by) {
    if (more != nullptr) by += *more;
    for (auto i = first_element(); i < n; i += grid_stride()) y[i] = x[i] + by;
}

}  // namespace

void increment(const std::int32_t* x, const std::int32_t* more, std::int32_t* y, std::int64_t n, std::int32_t by,
               Stream stream) {
    launch(increment_kernel, {.blocks = blocks_for(n), .threads = threads_per_block}, stream, x, more, y, n, by);
}

}  // namespace gradus::kernels::GRADUS_CUDA
