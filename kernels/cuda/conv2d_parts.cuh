#pragma once
// Convolutions whose depth was cut: who adds the parts.
#include "kernels/cuda/conv2d_finish.cuh"
#include "kernels/cuda/conv2d_sizes.cuh"
#include "kernels/cuda/grid.cuh"

namespace gradus::kernels::GRADUS_CUDA {
namespace {

/// Where a block's sums go: through the finish, or to `partial` [part][pixel][packed_columns] where the depth is cut.
template <class T>
struct Results {
    Finish<T> finish;
    float* partial;  // may be null
    int outputs, channels;

    /// Four channels of a pixel, from this one on, a multiple of four.
    __device__ __forceinline__ void write(int pixel, int channel, float4 sum) const {
        if (pixel >= outputs) return;
        if (partial == nullptr) {
            finish.write(pixel, channel, sum, channels);
        } else if (const int pitch = packed_columns(channels); channel < pitch) {
            const std::int64_t row = static_cast<std::int64_t>(blockIdx.z) * outputs + pixel;
            store_quad(partial + row * pitch + channel, sum);
        }
    }
};

// One thread per pixel and quad of channels adds the parts in their order, and finishes. Traffic: every part once, y
// once; a flop per 4 bytes. Bound by memory, but the parts of one small picture lie in the L2 cache.
template <class T>
__global__ void __launch_bounds__(threads_per_block) sum_parts_kernel(Results<T> results, int splits) {
    const int per_pixel = packed_columns(results.channels) / 4;
    const std::int64_t quads = static_cast<std::int64_t>(results.outputs) * per_pixel;
    for (auto i = first_element(); i < quads; i += grid_stride()) {
        float4 sum = load_quad(results.partial + i * 4);
        for (int s = 1; s < splits; ++s) {
            const float4 v = load_quad(results.partial + (s * quads + i) * 4);
            sum = make_float4(sum.x + v.x, sum.y + v.y, sum.z + v.z, sum.w + v.w);
        }
        const std::int64_t pixel = i / per_pixel;
        results.finish.write(pixel, static_cast<int>(i - pixel * per_pixel) * 4, sum, results.channels);
    }
}

/// Adds the parts, if there are several.
template <class T>
void sum_parts(const Results<T>& results, int splits, Stream stream) {
    if (splits == 1) return;
    const std::int64_t quads = static_cast<std::int64_t>(results.outputs) * packed_columns(results.channels) / 4;
    launch(sum_parts_kernel<T>, {.blocks = blocks_for(quads), .threads = threads_per_block}, stream, results, splits);
}

}  // namespace
}  // namespace gradus::kernels::GRADUS_CUDA
