#pragma once
// The inside of a matrix product on tensor cores (from sm_80): a block multiplies [rows x depth] by [depth x columns],
// 64 bytes of the depth per step, its warps 16x8 results at a time. cp.async brings the steps into shared memory, three
// ahead of the one that is multiplied. Used by conv2d_mma.cu, matmul_mma.cu and gram_mma.cu.
#include "kernels/cuda/ptx/async.cuh"
#include "kernels/cuda/ptx/mma.cuh"
#include "kernels/pixels.h"

namespace gradus::kernels::GRADUS_CUDA {
namespace {

constexpr int step_bytes = 64, chunk_bytes = 16, chunks_per_step = step_bytes / chunk_bytes;
constexpr int stages = 4;  // steps in shared memory: one being multiplied, three on their way

/// Values of a step, and of a chunk: what one cp.async moves.
template <class T>
constexpr int step_depth = step_bytes / static_cast<int>(sizeof(T));
template <class T>
constexpr int chunk_values = chunk_bytes / static_cast<int>(sizeof(T));

/// Brings a chunk into shared memory, the first `there` values of it, zeros behind them. `from` is an address even
/// where nothing is there. Chunks that are `aligned` and whole, or empty, come by cp.async.
template <class T>
__device__ __forceinline__ void bring(std::byte* to, const T* from, int there, bool aligned) {
    if (aligned && (there <= 0 || there >= chunk_values<T>)) {
        cp_async16(to, from, there > 0);
        return;
    }
#pragma unroll
    for (int i = 0; i < chunk_values<T>; ++i) reinterpret_cast<T*>(to)[i] = i < there ? from[i] : T(0.0f);
}

// ---- one side of the product in shared memory, `width` wide and a step deep ----
// Fragments (ptx/mma.cuh): lane 4 g + t holds of a left side rows g and g + 8, of a right side column g and, for the
// next eight, g + 8; of the depth 16 bytes' t-th 4 bytes, and those 16 bytes further. A step has two such halves.

/// The depth side by side: row after row of 64 bytes, whose chunks are swapped around such that the eight rows of an
/// ldmatrix, two in each 128 bytes, lie in different banks.
template <int width>
struct AlongDepth {
    static constexpr int bytes = width * step_bytes;

    static __device__ __forceinline__ int at(int row, int chunk) {
        return row * step_bytes + (chunk ^ (row >> 1 & 3)) * chunk_bytes;
    }
    static __device__ __forceinline__ void left(std::uint32_t (&a)[4], const std::byte* side, int row, int half) {
        const int lane = static_cast<int>(threadIdx.x) % 32;
        ldmatrix_x4(a, side + at(row + lane % 16, half * 2 + lane / 16));
    }
    /// Of 16 columns: b[0], b[1] of the first eight, b[2], b[3] of the others.
    static __device__ __forceinline__ void right(std::uint32_t (&b)[4], const std::byte* side, int column, int half) {
        const int lane = static_cast<int>(threadIdx.x) % 32;
        ldmatrix_x4(b, side + at(column + lane / 16 * 8 + lane % 8, half * 2 + lane / 8 % 2));
    }
};

/// f32 that lie side by side along the width, as in a transposed matrix: 16 rows of the depth. ldmatrix transposes
/// 16-bit values only, so the fragments are loaded one by one; eight values more per row, and the 4 x 8 lanes meet in
/// no bank.
template <int width>
struct AlongWidth {
    static constexpr int pitch = width + 8, bytes = step_depth<float> * pitch * 4;
    static_assert(pitch % 32 == 8);

    static __device__ __forceinline__ int at(int row, int chunk) { return (row * pitch + chunk * 4) * 4; }
    static __device__ __forceinline__ void left(std::uint32_t (&a)[4], const std::byte* side, int row, int half) {
        const std::uint32_t* from = first(side, row, half);
        a[0] = from[0], a[1] = from[8], a[2] = from[4 * pitch], a[3] = from[4 * pitch + 8];
    }
    static __device__ __forceinline__ void right(std::uint32_t (&b)[4], const std::byte* side, int column, int half) {
        const std::uint32_t* from = first(side, column, half);
        b[0] = from[0], b[1] = from[4 * pitch], b[2] = from[8], b[3] = from[4 * pitch + 8];
    }

private:
    static __device__ __forceinline__ const std::uint32_t* first(const std::byte* side, int at, int half) {
        const int lane = static_cast<int>(threadIdx.x) % 32;
        return reinterpret_cast<const std::uint32_t*>(side) + (half * 8 + lane % 4) * pitch + at + lane / 4;
    }
};

// ---- the product ----

__device__ __forceinline__ void multiply(float (&d)[4], const std::uint32_t (&a)[4], const std::uint32_t (&b)[2],
                                         float) {
    mma_m16n8k8_tf32(d, a, b);
}
__device__ __forceinline__ void multiply(float (&d)[4], const std::uint32_t (&a)[4], const std::uint32_t (&b)[2],
                                         bf16) {
    mma_m16n8k16_bf16(d, a, b);
}

/// To the nearest TF32, which is what the instruction expects: it looks at the upper 19 bits only, and cutting the
/// others off would shrink every factor, by nearly 2^-11 on average.
template <int n>
__device__ __forceinline__ void round_to_tf32(std::uint32_t (&values)[n]) {
#pragma unroll
    for (std::uint32_t& v : values) v = f32_to_tf32(__uint_as_float(v));
}

/// Who computes what: a warp has warp_rows x warp_columns of the results, a thread of each 16x8 of them two neighbors
/// in rows g and g + 8. Per half of a step a warp of 64x32 reads 6 KB of shared memory for 16 instructions, of which
/// each does 16 * 8 * 8 multiply-adds in TF32 or 16 * 8 * 16 in bf16.
template <class T, int rows_, int columns_, int warp_rows, int warp_columns>
struct MmaTile {
    using Value = T;
    static constexpr int rows = rows_, columns = columns_, warps_across = columns / warp_columns,
                         threads = rows / warp_rows * warps_across * 32;
    static constexpr int resident = 512 / threads;  // blocks of a multiprocessor, so that a thread gets 128 registers
    static constexpr int down = warp_rows / 16, across = warp_columns / 8;
    static_assert(rows % warp_rows == 0 && columns % warp_columns == 0 && warp_rows % 16 == 0 && across % 2 == 0);
    /// Of a left or right side, the chunks that a thread brings in each step.
    static constexpr int left_chunks = rows * chunks_per_step / threads,
                         right_chunks = columns * chunks_per_step / threads;
    static_assert(left_chunks * threads == rows * chunks_per_step && right_chunks >= 1 &&
                      right_chunks * threads == columns * chunks_per_step,
                  "every thread brings as much");

    using Sums = float[down][across][4];

    static __device__ __forceinline__ int first_row() {
        return static_cast<int>(threadIdx.x) / 32 / warps_across * warp_rows;
    }
    static __device__ __forceinline__ int first_column() {
        return static_cast<int>(threadIdx.x) / 32 % warps_across * warp_columns;
    }

    /// sum += the product of one step.
    template <class Left, class Right, bool round_left, bool round_right>
    static __device__ __forceinline__ void add_step(const std::byte* left, const std::byte* right, Sums& sum) {
#pragma unroll
        for (int half = 0; half < 2; ++half) {
            std::uint32_t a[down][4], b[across][2];
#pragma unroll
            for (int i = 0; i < down; ++i) {
                Left::left(a[i], left, first_row() + i * 16, half);
                if constexpr (round_left) round_to_tf32(a[i]);
            }
#pragma unroll
            for (int j = 0; j < across; j += 2) {
                std::uint32_t two[4];
                Right::right(two, right, first_column() + j * 8, half);
                if constexpr (round_right) round_to_tf32(two);
                b[j][0] = two[0], b[j][1] = two[1], b[j + 1][0] = two[2], b[j + 1][1] = two[3];
            }
#pragma unroll
            for (int i = 0; i < down; ++i)
#pragma unroll
                for (int j = 0; j < across; ++j) multiply(sum[i][j], a[i], b[j], T{});
        }
    }

    /// sum += the product of all steps. `load(left, right)` starts the copies of the next one; `same`: the right side
    /// is the left one. All threads of the block must call it, once.
    template <class Left, class Right, bool round_left, bool round_right, class Load>
    static __device__ __forceinline__ void product(std::byte* shared, int steps, bool same, Load&& load, Sums& sum) {
        constexpr int bytes = Left::bytes + Right::bytes;
        const int to_right = same ? 0 : Left::bytes;
        int loading = 0, multiplying = 0;  // stages, in turns
        const auto next = [](int stage) { return stage + 1 == stages ? 0 : stage + 1; };
#pragma unroll 1
        for (int step = 0; step < stages - 1; ++step, ++loading) {
            if (step < steps) load(shared + loading * bytes, shared + loading * bytes + Left::bytes);
            cp_async_commit();
        }
#pragma unroll 1
        for (int step = 0; step < steps; ++step) {
            cp_async_wait<stages - 2>();
            __syncthreads();  // this step is there for all, and all are done with the one before: its stage is free
            if (step + stages - 1 < steps) load(shared + loading * bytes, shared + loading * bytes + Left::bytes);
            cp_async_commit();
            const std::byte* stage = shared + multiplying * bytes;
            add_step<Left, Right, round_left, round_right>(stage, stage + to_right, sum);
            loading = next(loading);
            multiplying = next(multiplying);
        }
    }

    /// Calls f(row, column, four) for all neighboring four results of this thread, counted from the tile's corner.
    /// Lanes t and t + 1 have four of row g and four of row g + 8: they exchange halves, so that each has one whole.
    template <class F>
    static __device__ __forceinline__ void each_quad(const Sums& sum, const F& f) {
        const int lane = static_cast<int>(threadIdx.x) % 32;
        const bool odd = lane % 2 == 1;
        const int row = first_row() + lane / 4 + (odd ? 8 : 0), column = first_column() + lane % 4 / 2 * 4;
#pragma unroll
        for (int i = 0; i < down; ++i)
#pragma unroll
            for (int j = 0; j < across; ++j) {
                const float* d = sum[i][j];
                const float u = __shfl_xor_sync(0xffffffffu, odd ? d[0] : d[2], 1),
                            v = __shfl_xor_sync(0xffffffffu, odd ? d[1] : d[3], 1);
                f(row + i * 16, column + j * 8, odd ? make_float4(u, v, d[2], d[3]) : make_float4(d[0], d[1], u, v));
            }
    }
};

}  // namespace
}  // namespace gradus::kernels::GRADUS_CUDA
