// F^T F on tensor cores, in TF32: gram.cu's tiles on and below the diagonal and parts of the pixels, multiplied by
// mma_tile.cuh.
#include "kernels/cuda/gram_cut.cuh"
#include "kernels/cuda/mma_operands.cuh"

namespace gradus::kernels::GRADUS_CUDA {
namespace {

// One block per tile on or below the diagonal (x), part of the pixels (y) and picture (z); see mma_tile.cuh for its
// threads. On the diagonal the left side serves as the right one. Traffic: up to 64 channels
// x once from memory, 32 flops per byte: an H200's 4.8 TB/s allow 150 TFLOP/s. Beyond that every tile reads it again,
// mostly from the cache. Channels lie side by side and pixels are the depth, so both sides are read from shared memory
// value by value, 24 loads for 16 products of a warp of 64x32.
template <int width>
__global__ void __launch_bounds__(SquareTile<width>::threads, SquareTile<width>::resident)
    gram_mma_kernel(Pixels<const float> x, bool vectors, float* parts, GramShape s, std::int64_t part) {
    using Tile = SquareTile<width>;
    GRADUS_DYNAMIC_SHARED(std::byte, shared);
    std::int64_t row = 0, column = blockIdx.x;  // of the triangle of tiles: 0, 1 2, 3 4 5, ...
    while (column > row) column -= ++row;
    const Side<float> f{x[blockIdx.z * s.pixels], x.stride, s.channels, vectors};
    const std::int64_t k0 = blockIdx.y * part, k1 = k0 + part < s.pixels ? k0 + part : s.pixels;
    const bool diagonal = row == column;

    Chunks<Along::extent, width, Tile::threads> of_left(f, row * width, k0, k1), of_right(f, column * width, k0, k1);
    const int steps = static_cast<int>((k1 - k0 + step_depth<float> - 1) / step_depth<float>);
    typename Tile::Sums sum = {};
    Tile::template product<AlongWidth<width>, AlongWidth<width>, true, true>(
        shared, steps, diagonal,
        [&](std::byte* left, std::byte* right) {
            of_left.load(left);
            if (!diagonal) of_right.load(right);
        },
        sum);
    float* to = parts + (blockIdx.z * std::int64_t{gridDim.y} + blockIdx.y) * s.channels * s.channels;
    Tile::each_quad(sum, [&](int i, int j, float4 four) {
        write_four(to, s.channels, s.channels, row * width + i, column * width + j, four, false);
    });
}

template <int width>
void products(Pixels<const float> x, float* parts, const GramShape& s, const GramCut& c, Stream stream) {
    const bool vectors = side(x, s.channels).vectors && s.pixels * x.stride % 4 == 0;
    launch(gram_mma_kernel<width>,
           {.blocks = {static_cast<unsigned>(c.tiles), static_cast<unsigned>(c.parts.count),
                       static_cast<unsigned>(s.pictures)},
            .threads = SquareTile<width>::threads,
            .shared = stages * 2 * AlongWidth<width>::bytes},
           stream, x, vectors, parts, s, c.parts.depth);
}

}  // namespace

void gram_mma(Pixels<const float> x, float* y, const GramShape& s, Write write, std::byte* scratch, Stream stream) {
    const GramCut c = gram_cut(s);
    auto* parts = reinterpret_cast<float*>(scratch);
    if (c.width == 128)
        products<128>(x, parts, s, c, stream);
    else
        products<64>(x, parts, s, c, stream);
    add_parts(parts, y, s.channels * s.channels, c.parts.count, s.pictures, s.channels, write, stream);
}

}  // namespace gradus::kernels::GRADUS_CUDA
