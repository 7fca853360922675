// F^T F, of which only the tiles on and below the diagonal are computed. The depth, the pixels, is cut into parts
// (depth_parts.cuh), and whoever adds the parts mirrors the result.
#include "kernels/cuda/gram_cut.cuh"
#include "kernels/cuda/tile_product.cuh"

namespace gradus::kernels::GRADUS_CUDA {
namespace {

// One block per tile on or below the diagonal (x), part of the pixels (y) and picture (z); see tile_product.cuh for its
// threads. On the diagonal the left side serves as the right one, and warps above it rest. Traffic: with up to 64
// channels x once, 4 bytes for 48 multiply-adds at most; each tile more reads it again, from the cache where neighbors
// in the grid run together. Bound by arithmetic.
template <int width>
__global__ void __launch_bounds__(tile_threads, width == 64 ? 4 : 2)
    gram_kernel(Pixels<const float> x, bool vectors, float* parts, GramShape s, std::int64_t part) {
    std::int64_t row = 0, column = blockIdx.x;  // of the triangle of tiles: 0, 1 2, 3 4 5, ...
    while (column > row) column -= ++row;
    const Side<float> f{x[blockIdx.z * s.pixels], x.stride, s.channels, vectors};
    const std::int64_t k0 = blockIdx.y * part, k1 = k0 + part < s.pixels ? k0 + part : s.pixels;
    float sum[Tile<width>::sums][Tile<width>::sums];
    tile_product<Along::extent, Along::extent, width>(f, row * width, f, column * width, k0, k1, row == column, sum);
    float* to = parts + (blockIdx.z * std::int64_t{gridDim.y} + blockIdx.y) * s.channels * s.channels;
    write_tile<width>(to, s.channels, s.channels, row * width, column * width, false, sum);
}

template <int width>
void products(Pixels<const float> x, float* parts, const GramShape& s, const GramCut& c, Stream stream) {
    const bool vectors = side(x, s.channels).vectors && s.pixels * x.stride % 4 == 0;
    launch(gram_kernel<width>,
           {.blocks = {static_cast<unsigned>(c.tiles), static_cast<unsigned>(c.parts.count),
                       static_cast<unsigned>(s.pictures)},
            .threads = tile_threads},
           stream, x, vectors, parts, s, c.parts.depth);
}

}  // namespace

std::size_t gram_scratch_bytes(const GramShape& s) {
    return static_cast<std::size_t>(s.pictures * gram_cut(s).parts.count * s.channels * s.channels) * sizeof(float);
}

void gram(Pixels<const float> x, float* y, const GramShape& s, Write write, std::byte* scratch, Stream stream) {
    const GramCut c = gram_cut(s);
    auto* parts = reinterpret_cast<float*>(scratch);
    if (c.width == 128)
        products<128>(x, parts, s, c, stream);
    else
        products<64>(x, parts, s, c, stream);
    add_parts(parts, y, s.channels * s.channels, c.parts.count, s.pictures, s.channels, write, stream);
}

}  // namespace gradus::kernels::GRADUS_CUDA
