#include "kernels/cuda/fours.cuh"
#include "kernels/cuda/sums.cuh"
#include "kernels/largest.h"

namespace gradus::kernels::GRADUS_CUDA {
namespace {

// One thread per four values, in a grid-stride loop; a block writes the largest of its share, and a second launch of
// one block the largest of these. The bits of positive floats are in the order of the floats, and those of NaN above
// all: compared as whole numbers, a NaN wins. Traffic: reads x once, 4 bytes per value. Bound by memory.
template <bool aligned>
__global__ void __launch_bounds__(threads_per_block) largest_kernel(const float* x, std::int64_t n, float* of_block) {
    unsigned most = 0;
    for (auto i = 4 * first_element(); i < n; i += 4 * grid_stride()) {
        const Four v = load_four<aligned>(x, i, n);
#pragma unroll
        for (int k = 0; k < 4; ++k) {
            const unsigned size = __float_as_uint(v.at[k]) & 0x7fffffffu;
            most = size > most ? size : most;
        }
    }
    most = block_max<threads_per_block>(most);
    if (threadIdx.x == 0) of_block[blockIdx.x] = __uint_as_float(most);
}

void largest_of(const float* x, std::int64_t n, float* of_block, std::int64_t blocks, Stream stream) {
    const auto with = [&]<bool aligned>() {
        launch(largest_kernel<aligned>, {.blocks = static_cast<unsigned>(blocks), .threads = threads_per_block}, stream,
               x, n, of_block);
    };
    with_alignment(with, x);
}

}  // namespace

void largest(const float* x, float* y, std::int64_t n, std::byte* scratch, Stream stream) {
    auto* of_block = reinterpret_cast<float*>(scratch);
    const std::int64_t parts = largest_parts(n);
    largest_of(x, n, of_block, parts, stream);
    largest_of(of_block, parts, y, 1, stream);
}

}  // namespace gradus::kernels::GRADUS_CUDA
