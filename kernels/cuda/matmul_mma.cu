// y = a b on tensor cores, in TF32: matmul.cu's tiles and parts of the depth, multiplied by mma_tile.cuh. Neither
// operand was rounded before, so both are, in registers.
#include "kernels/cuda/depth_parts.cuh"
#include "kernels/cuda/mma_operands.cuh"
#include "kernels/matmul.h"

namespace gradus::kernels::GRADUS_CUDA {
namespace {

struct Cut {
    int width = 64;  // of a tile
    DepthParts parts = {};
};

std::int64_t ceil_div(std::int64_t a, std::int64_t b) { return (a + b - 1) / b; }

Cut cut(const MatmulShape& z) {
    const auto tiles = [&](std::int64_t width) { return ceil_div(z.M, width) * ceil_div(z.N, width); };
    const DepthParts large = depth_parts(tiles(128), z.K, 256);
    if (z.M > 64 && z.N > 64 && tiles(128) * large.count >= 132) return {128, large};
    return {64, depth_parts(tiles(64), z.K, 256)};
}

// One block per tile of y (x) and part of the depth (y); see mma_tile.cuh for its threads. Blocks that run together
// share as much of the operands as they can: neighbors go along the shorter side of y. Traffic: 32 flops per byte with
// tiles 128 wide, mostly from the cache; each value once from memory. An operand whose depth lies side by side is read
// by ldmatrix, the other value by value: 8 loads for each ldmatrix, 24 instead of 3 for 16 products of a warp of 64x32.
// Bound by the tensor cores, or by those loads where both operands want them.
template <Along along_a, Along along_b, int width>
__global__ void __launch_bounds__(SquareTile<width>::threads, SquareTile<width>::resident)
    matmul_mma_kernel(Side<float> a, Side<float> b, float* y, std::int64_t K, std::int64_t part, bool add) {
    using Tile = SquareTile<width>;
    GRADUS_DYNAMIC_SHARED(std::byte, shared);
    const std::int64_t M = a.extent, N = b.extent;
    const auto down = static_cast<unsigned>((M + width - 1) / width),
               across = static_cast<unsigned>((N + width - 1) / width);
    const unsigned tile = blockIdx.x, tile_row = across <= down ? tile / across : tile % down,
                   tile_column = across <= down ? tile % across : tile / down;
    const std::int64_t k0 = blockIdx.y * part, k1 = k0 + part < K ? k0 + part : K;
    const std::int64_t first_row = std::int64_t{tile_row} * width, first_column = std::int64_t{tile_column} * width;

    Chunks<along_a, width, Tile::threads> of_a(a, first_row, k0, k1);
    Chunks<along_b, width, Tile::threads> of_b(b, first_column, k0, k1);
    const int steps = static_cast<int>((k1 - k0 + step_depth<float> - 1) / step_depth<float>);
    typename Tile::Sums sum = {};
    Tile::template product<Layout<along_a, width>, Layout<along_b, width>, true, true>(
        shared, steps, false,
        [&](std::byte* left, std::byte* right) {
            of_a.load(left);
            of_b.load(right);
        },
        sum);
    y += blockIdx.y * M * N;
    Tile::each_quad(sum, [&](int row, int column, float4 four) {
        write_four(y, M, N, first_row + row, first_column + column, four, add);
    });
}

template <int width>
void tiles(Pixels<const float> a, Pixels<const float> b, float* y, const MatmulShape& z, const Cut& c, bool add,
           Stream stream) {
    const auto with = [&]<Along along_a, Along along_b>() {
        launch(matmul_mma_kernel<along_a, along_b, width>,
               {.blocks = {static_cast<unsigned>(ceil_div(z.M, width) * ceil_div(z.N, width)),
                           static_cast<unsigned>(c.parts.count)},
                .threads = SquareTile<width>::threads,
                .shared = stages * (Layout<along_a, width>::bytes + Layout<along_b, width>::bytes)},
               stream, side(a, z.M), side(b, z.N), y, z.K, c.parts.depth, add);
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

const char* matmul_mma_declines(const MatmulShape& z) {
    return z.M <= 4 ? "leaves up to four rows to kernels that are bound by memory" : nullptr;
}

std::size_t matmul_mma_scratch_bytes(const MatmulShape& z) {
    if (z.M * z.N == 0) return 0;
    const std::int64_t parts = cut(z).parts.count;
    return parts > 1 ? static_cast<std::size_t>(parts * z.M * z.N) * sizeof(float) : 0;
}

void matmul_mma(Pixels<const float> a, Pixels<const float> b, float* y, const MatmulShape& z, Write write,
                std::byte* scratch, Stream stream) {
    if (z.M * z.N == 0) return;
    const Cut c = cut(z);
    const bool split = c.parts.count > 1, add = write == Write::accumulate && !split;
    float* to = split ? reinterpret_cast<float*>(scratch) : y;
    if (c.width == 128)
        tiles<128>(a, b, to, z, c, add, stream);
    else
        tiles<64>(a, b, to, z, c, add, stream);
    if (split) add_parts(to, y, z.M * z.N, c.parts.count, 1, 0, write, stream);
}

}  // namespace gradus::kernels::GRADUS_CUDA
