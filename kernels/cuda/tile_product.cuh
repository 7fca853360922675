#pragma once
// The product that matmul, gram and best_match share: a block of 256 threads sums one square tile of it, 128 or 64
// wide, in registers.
//
// Each thread has 8 x 8 (or 4 x 4) sums. The depth passes in stages of 8 (or 16): 1024 values of each operand, four per
// thread, lie in shared memory, depth first, while the four of the next stage are on their way to registers; two
// buffers take turns, so that a stage needs one barrier. Per value of depth a thread reads 16 (or 8) floats of shared
// memory for 64 (or 16) multiply-adds.
#include "kernels/cuda/launch.cuh"
#include "kernels/pixels.h"

namespace gradus::kernels::GRADUS_CUDA {
namespace {

constexpr unsigned tile_threads = 256;

/// What lies side by side in memory: values along the depth of the product, or along the tile (a transposed left side,
/// a right side as it is).
enum class Along { depth, extent };

/// A side of the product: `extent` rows of the left or columns of the right.
template <class T>
struct Side {
    const T* data;
    std::int64_t stride;  // elements from one run of side-by-side values to the next
    std::int64_t extent;
    bool vectors;  // four values may be read at once, from every fourth on
};

template <class T>
Side<T> side(Pixels<const T> x, std::int64_t extent) {
    const bool aligned = reinterpret_cast<std::uintptr_t>(x.data) % (4 * sizeof(T)) == 0 && x.stride % 4 == 0;
    return {x.data, x.stride, extent, aligned};
}

/// Four values from `at` on, of which `there` exist; the others are 0.
__device__ __forceinline__ float4 four(const float* at, int there, bool vectors) {
    if (vectors && there >= 4) return *reinterpret_cast<const float4*>(at);
    return make_float4(there > 0 ? at[0] : 0.0f, there > 1 ? at[1] : 0.0f, there > 2 ? at[2] : 0.0f,
                       there > 3 ? at[3] : 0.0f);
}
__device__ __forceinline__ float4 four(const bf16* at, int there, bool vectors) {
    if (vectors && there >= 4) {
        const uint2 raw = *reinterpret_cast<const uint2*>(at);
        return make_float4(__uint_as_float(raw.x << 16), __uint_as_float(raw.x & 0xffff0000u),
                           __uint_as_float(raw.y << 16), __uint_as_float(raw.y & 0xffff0000u));
    }
    const auto value = [&](int i) { return there > i ? static_cast<float>(at[i]) : 0.0f; };
    return make_float4(value(0), value(1), value(2), value(3));
}

/// How a tile of this width is cut.
template <int width>
struct Tile {
    static_assert(width == 128 || width == 64, "a thread has 8 x 8 or 4 x 4 sums");
    static constexpr int depth = 1024 / width;  // of a stage
    static constexpr int sums = width / 16;     // of a thread, in each direction
    // Of a line of shared memory: four more floats, so that threads that transpose meet in no bank (two of them at
    // width 64).
    static constexpr int line = width + 4;

    /// The row and column of this thread's sum (i, j) in the tile. A warp is 4 threads down and 8 across, which read
    /// few different values; a thread's sums are quads, 64 apart.
    __device__ __forceinline__ static int row(int i) {
        const int warp = static_cast<int>(threadIdx.x) / 32, lane = static_cast<int>(threadIdx.x) % 32;
        return i / 4 * 64 + (warp / 2 * 4 + lane / 8) * 4 + i % 4;
    }
    __device__ __forceinline__ static int column(int j) {
        const int warp = static_cast<int>(threadIdx.x) / 32, lane = static_cast<int>(threadIdx.x) % 32;
        return j / 4 * 64 + (warp % 2 * 8 + lane % 8) * 4 + j % 4;
    }
};

/// Reads this thread's four values of each stage, one stage after the other: of the tile that starts at `first`, at the
/// depths from k to k_end.
template <Along along, int width, class T>
struct Reader {
    static constexpr int depth = Tile<width>::depth;
    static constexpr int fours = (along == Along::depth ? depth : width) / 4;

    const T* at;
    std::int64_t step;  // elements to the next stage
    int left;           // of the depth, from this thread's first value on
    int wide;           // how many of the four lie inside, across the depth
    bool vectors;

    __device__ __forceinline__ Reader(const Side<T>& x, std::int64_t first, std::int64_t k, std::int64_t k_end)
        : vectors(x.vectors) {
        const int down = static_cast<int>(threadIdx.x) / fours, across = static_cast<int>(threadIdx.x) % fours * 4;
        const std::int64_t e = first + (along == Along::depth ? down : across), inside = x.extent - e;
        k += along == Along::depth ? across : down;
        at = x.data + (along == Along::depth ? e * x.stride + k : k * x.stride + e);
        step = along == Along::depth ? depth : depth * x.stride;
        left = static_cast<int>(k_end - k);
        wide = inside < 4 ? static_cast<int>(inside) : 4;
    }
    __device__ __forceinline__ float4 next() {
        const int there = along == Along::depth ? (wide > 0 ? left : 0) : (left > 0 ? wide : 0);
        const float4 v = four(at, there, vectors);
        at += step;
        left -= depth;
        return v;
    }
};

/// Puts them where the stage wants them: value (k, e) at to[k * line + e].
template <Along along, int width>
__device__ __forceinline__ void put(float* to, const float4& v) {
    constexpr int fours = (along == Along::depth ? Tile<width>::depth : width) / 4, line = Tile<width>::line;
    const int down = static_cast<int>(threadIdx.x) / fours, across = static_cast<int>(threadIdx.x) % fours * 4;
    if constexpr (along == Along::depth) {
        to += across * line + down;
        to[0] = v.x;
        to[line] = v.y;
        to[2 * line] = v.z;
        to[3 * line] = v.w;
    } else {
        *reinterpret_cast<float4*>(to + down * line + across) = v;
    }
}

/// Adds a stage's products to this thread's sums.
template <int width>
__device__ __forceinline__ void add_stage(const float* a, const float* b,
                                          float (&sum)[Tile<width>::sums][Tile<width>::sums]) {
    constexpr int depth = Tile<width>::depth, sums = Tile<width>::sums, line = Tile<width>::line;
    a += Tile<width>::row(0);
    b += Tile<width>::column(0);
#pragma unroll
    for (int d = 0; d < depth; ++d) {
        float at_b[sums];
#pragma unroll
        for (int j = 0; j < sums; j += 4) {
            const float4 v = *reinterpret_cast<const float4*>(b + d * line + j * 16);
            at_b[j] = v.x, at_b[j + 1] = v.y, at_b[j + 2] = v.z, at_b[j + 3] = v.w;
        }
#pragma unroll
        for (int i = 0; i < sums; i += 4) {
            const float4 v = *reinterpret_cast<const float4*>(a + d * line + i * 16);
#pragma unroll
            for (int j = 0; j < sums; ++j) {
                sum[i][j] += v.x * at_b[j];
                sum[i + 1][j] += v.y * at_b[j];
                sum[i + 2][j] += v.z * at_b[j];
                sum[i + 3][j] += v.w * at_b[j];
            }
        }
    }
}

/// sum[i][j] = the sum of a(row + Tile::row(i), k) b(k, column + Tile::column(j)) over k from k0 to k1, in that order;
/// beyond the extents 0. `same`: the right side is the left one's mirror image and is not read, and sums above the
/// diagonal may stay 0. k0 is a multiple of 4. All threads of the block must call it, and may do so again at once.
template <Along along_a, Along along_b, int width, class T>
__device__ __forceinline__ void tile_product(const Side<T>& a, std::int64_t row, const Side<T>& b, std::int64_t column,
                                             std::int64_t k0, std::int64_t k1, bool same,
                                             float (&sum)[Tile<width>::sums][Tile<width>::sums]) {
    constexpr int depth = Tile<width>::depth, sums = Tile<width>::sums, line = Tile<width>::line;
    GRADUS_SHARED(float4, of_a, [2][depth * line / 4]);
    GRADUS_SHARED(float4, of_b, [2][depth * line / 4]);
    const auto left = [&](int buffer) { return reinterpret_cast<float*>(of_a[buffer]); };
    const auto right = [&](int buffer) { return reinterpret_cast<float*>(same ? of_a[buffer] : of_b[buffer]); };

#pragma unroll
    for (int i = 0; i < sums; ++i)
#pragma unroll
        for (int j = 0; j < sums; ++j) sum[i][j] = 0;
    Reader<along_a, width, T> reader_a(a, row, k0, k1);
    Reader<along_b, width, T> reader_b(b, column, k0, k1);
    put<along_a, width>(left(0), reader_a.next());
    if (!same) put<along_b, width>(right(0), reader_b.next());
    __syncthreads();
    // Warps of 16 rows and 32 columns, all above the diagonal; wide tiles have none.
    const int warp = static_cast<int>(threadIdx.x) / 32;
    const bool idle = same && width == 64 && warp / 2 * 16 + 16 <= warp % 2 * 32;
    int buffer = 0;
#pragma unroll 1
    for (int k = static_cast<int>(k1 - k0); k > 0; k -= depth, buffer ^= 1) {
        const bool more = k > depth;
        float4 next_a = {}, next_b = {};
        if (more) {
            next_a = reader_a.next();
            if (!same) next_b = reader_b.next();
        }
        if (!idle) add_stage<width>(left(buffer), right(buffer), sum);
        if (more) {  // into the buffer that nobody has read since the last barrier
            put<along_a, width>(left(buffer ^ 1), next_a);
            if (!same) put<along_b, width>(right(buffer ^ 1), next_b);
        }
        __syncthreads();
    }
}

/// Writes the tile at (row, column) of the dense matrix y (M,N), or adds it.
template <int width>
__device__ __forceinline__ void write_tile(float* y, std::int64_t M, std::int64_t N, std::int64_t row,
                                           std::int64_t column, bool add,
                                           const float (&sum)[Tile<width>::sums][Tile<width>::sums]) {
    const bool vectors = N % 4 == 0 && reinterpret_cast<std::uintptr_t>(y) % 16 == 0;
#pragma unroll
    for (int i = 0; i < Tile<width>::sums; ++i) {
        const std::int64_t m = row + Tile<width>::row(i);
        if (m >= M) continue;
#pragma unroll
        for (int j = 0; j < Tile<width>::sums; j += 4) {
            const std::int64_t n = column + Tile<width>::column(j);
            float* to = y + m * N + n;
            if (vectors && n + 4 <= N) {
                float4 v = make_float4(sum[i][j], sum[i][j + 1], sum[i][j + 2], sum[i][j + 3]);
                if (add) {
                    const float4 kept = *reinterpret_cast<const float4*>(to);
                    v = make_float4(kept.x + v.x, kept.y + v.y, kept.z + v.z, kept.w + v.w);
                }
                *reinterpret_cast<float4*>(to) = v;
            } else {
#pragma unroll
                for (int q = 0; q < 4; ++q)
                    if (n + q < N) to[q] = add ? to[q] + sum[i][j + q] : sum[i][j + q];
            }
        }
    }
}

}  // namespace
}  // namespace gradus::kernels::GRADUS_CUDA
