#pragma once
// Grid-stride loops: a grid large enough to fill the machine walks over the work in steps of its own size.
//
//     for (auto i = first_element(); i < n; i += grid_stride()) ...
#include <cstdint>

#include "kernels/cuda/launch.cuh"
#include "kernels/pixels.h"

namespace gradus::kernels::GRADUS_CUDA {
namespace {

/// This thread's first element, and how far it is to its next.
__device__ __forceinline__ std::int64_t first_element() {
    return static_cast<std::int64_t>(blockIdx.x) * blockDim.x + threadIdx.x;
}
__device__ __forceinline__ std::int64_t grid_stride() { return static_cast<std::int64_t>(gridDim.x) * blockDim.x; }

/// Threads of a block that walks over elements; eight such blocks fill a multiprocessor.
constexpr unsigned threads_per_block = 256;

/// Some multiple of the blocks that any GPU runs at once (132 to 192 multiprocessors, 8 blocks each): more would only
/// cost their start. Imitated threads cost much more to start: a few blocks then take several turns each.
#if defined(GRADUS_CUDA_ON_CPU)
constexpr std::int64_t most_blocks = 16;
#else
constexpr std::int64_t most_blocks = 4096;
#endif

/// Blocks for n elements, one per thread and turn.
inline unsigned blocks_for(std::int64_t n, std::int64_t most = most_blocks) {
    const std::int64_t blocks = (n + threads_per_block - 1) / threads_per_block;
    return static_cast<unsigned>(blocks < 1 ? 1 : blocks > most ? most : blocks);
}

/// The pieces of some NHWC tensors of one shape, each `n` values of one pixel. Dense tensors are a single row of all
/// values, slices of wider tensors are a row per pixel: a kernel divides only where it must.
struct Rows {
    std::int64_t pieces;   // in all
    std::int64_t per_row;  // pieces of a row
    bool single;           // one row: piece i starts at value first + i * n of every tensor
    std::int64_t first = 0;
};

inline Rows rows(std::int64_t pixels, std::int64_t channels, bool dense, int n) {
    const std::int64_t per_pixel = channels / n;
    return {pixels * per_pixel, per_pixel, dense};
}

/// Where the piece starts in this tensor.
template <int n, class T>
__device__ __forceinline__ T* place(Pixels<T> x, const Rows& rows, std::int64_t piece) {
    if (rows.single) return x.data + rows.first + piece * n;
    const std::int64_t pixel = piece / rows.per_row;
    return x[pixel] + (piece - pixel * rows.per_row) * n;
}

}  // namespace
}  // namespace gradus::kernels::GRADUS_CUDA
