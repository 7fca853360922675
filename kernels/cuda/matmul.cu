// y = a b in square tiles (tile_product.cuh), the depth cut into parts where y has few tiles (depth_parts.cuh). Few
// rows, such as one picture's before a fully connected layer, have kernels of their own, which read each value of b
// once.
#include "kernels/cuda/depth_parts.cuh"
#include "kernels/cuda/sums.cuh"
#include "kernels/cuda/tile_product.cuh"
#include "kernels/cuda/vector.cuh"
#include "kernels/matmul.h"

namespace gradus::kernels::GRADUS_CUDA {
namespace {

constexpr std::int64_t few_rows = 4;

std::int64_t ceil_div(std::int64_t a, std::int64_t b) { return (a + b - 1) / b; }

/// Which kernel serves, and how it is cut: by the sizes alone.
struct Cut {
    enum { dots, rows, tiles_64, tiles_128 } way = tiles_64;
    DepthParts parts = {};
};

constexpr unsigned row_threads = 128;

// Columns of b in a piece of a thread.
std::int64_t columns_at_once(std::int64_t N) { return N % 4 == 0 ? 4 : 1; }

Cut cut(const MatmulShape& z) {
    if (z.M <= few_rows && z.transpose_b && !z.transpose_a) return {Cut::dots, {z.K, 1}};
    if (z.M <= few_rows && !z.transpose_b)
        return {Cut::rows, depth_parts(ceil_div(z.N, row_threads * columns_at_once(z.N)), z.K, 64)};
    const auto tiles = [&](std::int64_t width) { return ceil_div(z.M, width) * ceil_div(z.N, width); };
    const DepthParts large = depth_parts(tiles(128), z.K, 256);
    if (z.M > 64 && z.N > 64 && tiles(128) * large.count >= 132) return {Cut::tiles_128, large};
    return {Cut::tiles_64, depth_parts(tiles(64), z.K, 256)};
}

// One block per tile of y (x) and part of the depth (y); see tile_product.cuh for its threads. Blocks that run together
// share as much of the operands as they can: neighbors go along the shorter side of y. Traffic of the caches: a tile of
// width 128 reads 1 byte for 16 multiply-adds; of the memory, with the operands in the cache, each value once. Bound by
// arithmetic where M, N and K are all large.
template <Along along_a, Along along_b, int width>
__global__ void __launch_bounds__(tile_threads, 2)
    matmul_kernel(Side<float> a, Side<float> b, float* y, std::int64_t K, std::int64_t part, bool add) {
    const std::int64_t M = a.extent, N = b.extent;
    const auto down = static_cast<unsigned>((M + width - 1) / width),
               across = static_cast<unsigned>((N + width - 1) / width);
    const unsigned tile = blockIdx.x, tile_row = across <= down ? tile / across : tile % down,
                   tile_column = across <= down ? tile % across : tile / down;
    const std::int64_t k0 = blockIdx.y * part, k1 = k0 + part < K ? k0 + part : K;
    const std::int64_t row = std::int64_t{tile_row} * width, column = std::int64_t{tile_column} * width;
    float sum[Tile<width>::sums][Tile<width>::sums];
    tile_product<along_a, along_b, width>(a, row, b, column, k0, k1, false, sum);
    write_tile<width>(y + blockIdx.y * M * N, M, N, row, column, add, sum);
}

// One warp per column of y, a row of b in memory, in a loop over columns; lane i reads its values i, i + 32, ..., in
// fours where n is 4, for all rows of a. Traffic: b once, 4 bytes for `rows` multiply-adds; a stays in the cache. Bound
// by memory.
template <int rows, int n>
__global__ void __launch_bounds__(256)
    dots_kernel(Pixels<const float> a, Pixels<const float> b, float* y, std::int64_t N, std::int64_t K, bool add) {
    const int lane = static_cast<int>(threadIdx.x) % 32;
    const std::int64_t warps = static_cast<std::int64_t>(gridDim.x) * (blockDim.x / 32);
    for (std::int64_t column = blockIdx.x * (blockDim.x / 32) + threadIdx.x / 32; column < N; column += warps) {
        float sum[rows] = {};
#pragma unroll 4
        for (std::int64_t k = lane * n; k < K; k += 32 * n) {
            const Values<float, n> right = load<n>(b[column] + k);
#pragma unroll
            for (int r = 0; r < rows; ++r) {
                const Values<float, n> left = load<n>(a[r] + k);
#pragma unroll
                for (int i = 0; i < n; ++i) sum[r] += left.at[i] * right.at[i];
            }
        }
#pragma unroll
        for (int r = 0; r < rows; ++r) {
            const float total = warp_sum(sum[r]);
            float* to = y + r * N + column;
            if (lane == r) *to = add ? *to + total : total;
        }
    }
}

// One thread per piece of n neighboring columns of y (x) and part of the depth (y), over the rows of b in its part.
// Traffic: b once, 4 bytes for `rows` multiply-adds; a stays in the cache. Bound by memory. Value (r, k) of the left
// side lies at a[r * a_row + k * a_depth].
template <int rows, int n>
__global__ void __launch_bounds__(row_threads)
    rows_kernel(const float* a, std::int64_t a_row, std::int64_t a_depth, Pixels<const float> b, float* y,
                std::int64_t N, std::int64_t K, std::int64_t part, bool add) {
    const std::int64_t column = (static_cast<std::int64_t>(blockIdx.x) * row_threads + threadIdx.x) * n;
    if (column >= N) return;
    const std::int64_t k0 = blockIdx.y * part, k1 = k0 + part < K ? k0 + part : K;
    float sum[rows][n] = {};
#pragma unroll 4
    for (std::int64_t k = k0; k < k1; ++k) {
        const Values<float, n> right = load<n>(b[k] + column);
#pragma unroll
        for (int r = 0; r < rows; ++r) {
            const float left = a[r * a_row + k * a_depth];
#pragma unroll
            for (int i = 0; i < n; ++i) sum[r][i] += left * right.at[i];
        }
    }
    y += static_cast<std::int64_t>(blockIdx.y) * rows * N + column;
#pragma unroll
    for (int r = 0; r < rows; ++r)
#pragma unroll
        for (int i = 0; i < n; ++i) y[r * N + i] = add ? y[r * N + i] + sum[r][i] : sum[r][i];
}

bool on_16_bytes(Pixels<const float> x) {
    return reinterpret_cast<std::uintptr_t>(x.data) % 16 == 0 && x.stride % 4 == 0;
}

template <int rows>
void few(Pixels<const float> a, Pixels<const float> b, float* y, const MatmulShape& z, const Cut& c, bool add,
         Stream stream) {
    if (c.way == Cut::dots) {
        const bool vectors = on_16_bytes(a) && on_16_bytes(b) && z.K % 4 == 0;
        const auto blocks = static_cast<unsigned>(ceil_div(z.N, 8) < 4096 ? ceil_div(z.N, 8) : 4096);
        launch(vectors ? dots_kernel<rows, 4> : dots_kernel<rows, 1>, {.blocks = blocks, .threads = 256}, stream, a, b,
               y, z.N, z.K, add);
        return;
    }
    const bool vectors = on_16_bytes(b) && columns_at_once(z.N) == 4;
    const auto blocks = static_cast<unsigned>(ceil_div(z.N, row_threads * (vectors ? 4 : 1)));
    launch(vectors ? rows_kernel<rows, 4> : rows_kernel<rows, 1>,
           {.blocks = {blocks, static_cast<unsigned>(c.parts.count)}, .threads = row_threads}, stream, a.data,
           z.transpose_a ? 1 : a.stride, z.transpose_a ? a.stride : 1, b, y, z.N, z.K, c.parts.depth, add);
}

template <int width>
void tiles(Pixels<const float> a, Pixels<const float> b, float* y, const MatmulShape& z, const Cut& c, bool add,
           Stream stream) {
    const auto with = [&]<Along along_a, Along along_b>() {
        const auto blocks = static_cast<unsigned>(ceil_div(z.M, width) * ceil_div(z.N, width));
        launch(matmul_kernel<along_a, along_b, width>,
               {.blocks = {blocks, static_cast<unsigned>(c.parts.count)}, .threads = tile_threads}, stream,
               side(a, z.M), side(b, z.N), y, z.K, c.parts.depth, add);
    };
    if (z.transpose_a && z.transpose_b)
        with.template operator()<Along::extent, Along::depth>();
    else if (z.transpose_a)
        with.template operator()<Along::extent, Along::extent>();
    else if (z.transpose_b)
        with.template operator()<Along::depth, Along::depth>();
    else
        with.template operator()<Along::depth, Along::extent>();
}

}  // namespace

std::size_t matmul_scratch_bytes(const MatmulShape& z) {
    if (z.M * z.N == 0) return 0;
    const std::int64_t parts = cut(z).parts.count;
    return parts > 1 ? static_cast<std::size_t>(parts * z.M * z.N) * sizeof(float) : 0;
}

void matmul(Pixels<const float> a, Pixels<const float> b, float* y, const MatmulShape& z, Write write,
            std::byte* scratch, Stream stream) {
    if (z.M * z.N == 0) return;
    const Cut c = cut(z);
    const bool split = c.parts.count > 1, add = write == Write::accumulate && !split;
    float* to = split ? reinterpret_cast<float*>(scratch) : y;
    if (c.way == Cut::tiles_128)
        tiles<128>(a, b, to, z, c, add, stream);
    else if (c.way == Cut::tiles_64)
        tiles<64>(a, b, to, z, c, add, stream);
    else if (z.M == 1)
        few<1>(a, b, to, z, c, add, stream);
    else if (z.M == 2)
        few<2>(a, b, to, z, c, add, stream);
    else if (z.M == 3)
        few<3>(a, b, to, z, c, add, stream);
    else
        few<4>(a, b, to, z, c, add, stream);
    if (split) add_parts(to, y, z.M * z.N, c.parts.count, 1, 0, write, stream);
}

}  // namespace gradus::kernels::GRADUS_CUDA
