#pragma once
// The inside of a tiled matrix product: a block multiplies [rows x depth] by [depth x columns], 8 of the depth at a
// time, both sides in shared memory. Every thread holds 8x8 of the results in registers.
#include "kernels/cuda/conv2d_cut.cuh"
#include "kernels/cuda/conv2d_finish.cuh"

namespace gradus::kernels::GRADUS_CUDA {
namespace {

// Who computes what. A warp computes 32x64 results (64x32 in tiles of 32 columns) as four pieces of 16x32, of which
// each thread has 4x4: it reads 4 + 4 values as two times float4 per side, 64 multiply-adds for four 16-byte loads.
// Neighbors read neighboring float4s or the same one, so no bank is asked twice:
//
//      columns   0  4  8 ... 28 | 32 36 ... 60        lane 0 1 2 ... 7   | 0 1 2 ... 7
//      rows 0-3  4x4 of lane 0, 1 ... 7 | the same     8 9 ...            lanes 0..31 once more, and again
//
// Shared memory per step of the depth and block: 128x128 does 2 * 128 * 128 flops for 1 KB read from memory: 32 flops
// per byte in f32, which the L2 cache delivers easily.
template <int rows_, int columns_>
struct Tile {
    static constexpr int rows = rows_, columns = columns_, depth = 8, threads = rows * columns / 64;
    static constexpr int across = columns >= 64 ? 8 : 4, down = 32 / across;  // lanes of a warp
    static constexpr int warps_across = columns / (8 * across);
    static constexpr int pitch = rows + 4;  // of the left side, whose quads are stored transposed
    // quads that a thread brings for each step
    static constexpr int left_quads = rows * depth / 4 / threads, right_quads = columns * depth / 4 / threads;
    // Blocks that a multiprocessor shall run at once, so that a thread gets 128 registers, or 170 in smaller blocks.
    static constexpr int resident = threads == 256 ? 2 : 384 / threads;
    static_assert(rows % (8 * down) == 0 && columns % (8 * across) == 0 && threads % 32 == 0, "whole warps");
    static_assert(left_quads * threads * 4 == rows * depth && right_quads * threads * 4 == columns * depth,
                  "every thread brings as much");

    /// The shared memory of one side of the double buffer, in float4.
    static constexpr int left_size = depth * pitch / 4, right_size = depth * columns / 4;

    static __device__ __forceinline__ int lane() { return static_cast<int>(threadIdx.x) % 32; }
    static __device__ __forceinline__ int warp() { return static_cast<int>(threadIdx.x) / 32; }

    /// The row of this thread's i-th results, and the column of its first or second four.
    static __device__ __forceinline__ int row(int i) {
        return warp() / warps_across * (8 * down) + lane() / across * 4 + i / 4 * (4 * down) + i % 4;
    }
    static __device__ __forceinline__ int column(int half) {
        return warp() % warps_across * (8 * across) + lane() % across * 4 + half * (4 * across);
    }

    /// sum += left right, for `depth` products each: left [depth][pitch], right [depth][columns].
    static __device__ __forceinline__ void multiply(const float* left, const float* right, float (&sum)[8][8]) {
        const float* from_left = left + row(0);
        const float* from_right = right + column(0);
#pragma unroll
        for (int d = 0; d < depth; ++d) {
            const float4 a0 = load_quad(from_left + d * pitch), a1 = load_quad(from_left + d * pitch + 4 * down);
            const float4 b0 = load_quad(from_right + d * columns),
                         b1 = load_quad(from_right + d * columns + 4 * across);
            const float a[8] = {a0.x, a0.y, a0.z, a0.w, a1.x, a1.y, a1.z, a1.w};
            const float b[8] = {b0.x, b0.y, b0.z, b0.w, b1.x, b1.y, b1.z, b1.w};
#pragma unroll
            for (int i = 0; i < 8; ++i)
#pragma unroll
                for (int j = 0; j < 8; ++j) sum[i][j] += a[i] * b[j];
        }
    }
};

/// The first or second four of a row of results.
__device__ __forceinline__ float4 quad_of(const float (&row)[8], int half) {
    return half == 0 ? make_float4(row[0], row[1], row[2], row[3]) : make_float4(row[4], row[5], row[6], row[7]);
}

}  // namespace
}  // namespace gradus::kernels::GRADUS_CUDA
