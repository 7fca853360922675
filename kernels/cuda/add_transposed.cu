#include "kernels/add_transposed.h"
#include "kernels/cuda/launch.cuh"

namespace gradus::kernels::GRADUS_CUDA {
namespace {

constexpr int tile = 32, lines = 8;  // a block is 32 x 8 threads, 4 rows of a tile each

// One block per pair of tiles that mirror each other: both come to shared memory, with a float between the lines so
// that columns meet in no bank, and both sums leave from there. Traffic: a and y once each, 8 bytes per value for 1
// flop. Bound by memory.
__global__ void __launch_bounds__(tile* lines) add_transposed_kernel(const float* a, float* y, std::int64_t C) {
    GRADUS_SHARED(float, lower, [tile][tile + 1]);
    GRADUS_SHARED(float, upper, [tile][tile + 1]);
    std::int64_t down = 0, across = blockIdx.x;  // of the triangle of tiles: 0, 1 2, 3 4 5, ...
    while (across > down) across -= ++down;
    const std::int64_t i0 = down * tile, j0 = across * tile;
    const int line = static_cast<int>(threadIdx.x) / tile, at = static_cast<int>(threadIdx.x) % tile;
    for (int r = line; r < tile; r += lines) {
        if (i0 + r < C && j0 + at < C) lower[r][at] = a[(i0 + r) * C + j0 + at];
        if (j0 + r < C && i0 + at < C) upper[r][at] = a[(j0 + r) * C + i0 + at];
    }
    __syncthreads();
    for (int r = line; r < tile; r += lines) {
        if (i0 + r < C && j0 + at < C) y[(i0 + r) * C + j0 + at] = lower[r][at] + upper[at][r];
        if (down != across && j0 + r < C && i0 + at < C) y[(j0 + r) * C + i0 + at] = upper[r][at] + lower[at][r];
    }
}

}  // namespace

void add_transposed(const float* a, float* y, std::int64_t C, Stream stream) {
    const std::int64_t side = (C + tile - 1) / tile;
    launch(add_transposed_kernel, {.blocks = static_cast<unsigned>(side * (side + 1) / 2), .threads = tile * lines},
           stream, a, y, C);
}

}  // namespace gradus::kernels::GRADUS_CUDA
