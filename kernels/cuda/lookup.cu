#include "kernels/cuda/grid.cuh"
#include "kernels/lookup.h"

namespace gradus::kernels::GRADUS_CUDA {
namespace {

// One thread per index, of which there are few: bound by the launch.
__global__ void __launch_bounds__(threads_per_block)
    lookup_kernel(const float* table, const std::int32_t* index, float* y, std::int64_t n, std::int64_t k) {
    for (auto i = first_element(); i < k; i += grid_stride()) {
        const std::int64_t at = index[i];
        y[i] = table[at < 0 ? 0 : at < n ? at : n - 1];
    }
}

}  // namespace

void lookup(const float* table, const std::int32_t* index, float* y, std::int64_t n, std::int64_t k, Stream stream) {
    launch(lookup_kernel, {.blocks = blocks_for(k), .threads = threads_per_block}, stream, table, index, y, n, k);
}

}  // namespace gradus::kernels::GRADUS_CUDA
