#include "kernels/cuda/gather.cuh"
#include "kernels/transpose.h"

namespace gradus::kernels::GRADUS_CUDA {
namespace {

constexpr int tile = 32, turns = 4;  // a block's 256 threads take a tile in four turns of eight rows

// One block per tile of 32x32, tile after tile. A warp reads a row of it, 32 neighbors in x, and writes a column, 32
// neighbors in y; in between they lie in shared memory, in rows of 33 values, so that a column lies in 32 banks.
// Traffic: reads x and writes y once, by 4 bytes (bf16: 2) a thread, and reads y first to accumulate. Bound by memory.
template <class T>
__global__ void __launch_bounds__(threads_per_block)
    transpose_kernel(Pixels<const T> x, Pixels<T> y, TransposeShape s, std::int64_t down, std::int64_t across,
                     bool accumulate) {
    GRADUS_SHARED(float, kept, [tile][tile + 1]);
    const int lane = threadIdx.x % 32, warp = threadIdx.x / 32;
    for (std::int64_t i = blockIdx.x; i < s.batch * down * across; i += gridDim.x) {
        const std::int64_t line = i / across, b = line / down;
        const std::int64_t r0 = (line - b * down) * tile, c0 = (i - line * across) * tile;
#pragma unroll
        for (int k = 0; k < turns; ++k) {
            const int r = warp + k * (tile / turns);
            if (r0 + r < s.R && c0 + lane < s.C) kept[r][lane] = static_cast<float>(x[b * s.R + r0 + r][c0 + lane]);
        }
        __syncthreads();
#pragma unroll
        for (int k = 0; k < turns; ++k) {
            const int c = warp + k * (tile / turns);
            if (c0 + c >= s.C || r0 + lane >= s.R) continue;
            T& to = y[b * s.C + c0 + c][r0 + lane];
            to = T(kept[lane][c] + (accumulate ? static_cast<float>(to) : 0.0f));
        }
        __syncthreads();  // the next tile comes into the same memory
    }
}

// With few rows or columns tiles would be mostly empty: each value of y looks up its own. gather.cuh says who writes
// it; what neighbors read lies a few values apart, or in a few runs.
template <class T>
struct Narrow {
    Pixels<const T> x;
    TransposeShape s;

    template <int n>
    __device__ __forceinline__ Values<T, n> gather(const Spot& at) const {
        Values<T, n> v;
#pragma unroll
        for (int k = 0; k < n; ++k)
            v.at[k] = static_cast<float>(x[std::int64_t{at.row} * s.R + at.channel + k][at.column]);
        return v;
    }
};

template <class T>
void choose(Pixels<const T> x, Pixels<T> y, const TransposeShape& s, Write write, Stream stream) {
    if (s.R < tile / 2 || s.C < tile / 2) {
        gather<Odd::across, per_vector<T>>(Narrow<T>{x, s}, y, {1, s.batch, s.C, s.R}, write, stream);
        return;
    }
    const std::int64_t down = (s.R + tile - 1) / tile, across = (s.C + tile - 1) / tile, all = s.batch * down * across;
    if (all == 0) return;
    const auto blocks = static_cast<unsigned>(all < most_blocks ? all : most_blocks);
    launch(transpose_kernel<T>, {.blocks = blocks, .threads = threads_per_block}, stream, x, y, s, down, across,
           write == Write::accumulate);
}

}  // namespace

void transpose(Pixels<const float> x, Pixels<float> y, const TransposeShape& s, Write write, Stream stream) {
    choose(x, y, s, write, stream);
}
void transpose(Pixels<const bf16> x, Pixels<bf16> y, const TransposeShape& s, Write write, Stream stream) {
    choose(x, y, s, write, stream);
}

}  // namespace gradus::kernels::GRADUS_CUDA
