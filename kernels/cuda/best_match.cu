#include <cmath>

#include "kernels/best_match.h"
#include "kernels/cuda/tile_product.cuh"

namespace gradus::kernels::GRADUS_CUDA {
namespace {

constexpr int width = 64;

/// The best row so far. The first row stands until a larger product comes, be its own NaN; no other NaN is larger.
struct Best {
    float product = -INFINITY;
    std::int64_t row = 0;

    __device__ __forceinline__ void meet(float other, std::int64_t other_row) {
        if (other > product || (other == product && other_row < row)) {
            product = other;
            row = other_row;
        }
    }
};

// One block per 64 pixels, 64 rows of the guide at a time (see tile_product.cuh for its threads): each thread keeps the
// best of its four columns of products for each of its four pixels, then one thread per pixel asks the sixteen that
// know of it, and all copy the rows that were found. Traffic: x once per block and turn, from the cache after the
// first, the guide from the cache: 8 values for 16 multiply-adds of a thread. Bound by arithmetic.
template <class T>
__global__ void __launch_bounds__(tile_threads, 2)
    best_match_kernel(Side<T> x, Side<T> guide, Pixels<T> y, std::int64_t channels) {
    constexpr int sums = Tile<width>::sums;
    GRADUS_SHARED(float, products, [width][17]);
    GRADUS_SHARED(std::int64_t, found, [width][17]);
    const std::int64_t first = static_cast<std::int64_t>(blockIdx.x) * width;
    Best best[sums];
    for (std::int64_t row = 0; row < guide.extent; row += width) {
        float sum[sums][sums];
        tile_product<Along::depth, Along::depth, width>(x, first, guide, row, 0, channels, false, sum);
#pragma unroll
        for (int j = 0; j < sums; ++j) {
            const std::int64_t at = row + Tile<width>::column(j);
            if (at >= guide.extent) continue;
#pragma unroll
            for (int i = 0; i < sums; ++i) best[i].meet(at == 0 && isnan(sum[i][j]) ? INFINITY : sum[i][j], at);
        }
    }
#pragma unroll
    for (int i = 0; i < sums; ++i) {
        products[Tile<width>::row(i)][Tile<width>::column(0) / 4] = best[i].product;
        found[Tile<width>::row(i)][Tile<width>::column(0) / 4] = best[i].row;
    }
    __syncthreads();
    if (threadIdx.x < width) {
        Best all;
        for (int j = 0; j < 16; ++j) all.meet(products[threadIdx.x][j], found[threadIdx.x][j]);
        found[threadIdx.x][16] = all.row;
    }
    __syncthreads();
    for (std::int64_t i = threadIdx.x / 32; i < width && first + i < x.extent; i += tile_threads / 32) {
        const T* from = guide.data + found[i][16] * guide.stride;
        for (std::int64_t c = threadIdx.x % 32; c < channels; c += 32) y[first + i][c] = from[c];
    }
}

template <class T>
void match(Pixels<const T> x, Pixels<const T> guide, Pixels<T> y, std::int64_t pixels, std::int64_t rows,
           std::int64_t channels, Stream stream) {
    launch(best_match_kernel<T>,
           {.blocks = static_cast<unsigned>((pixels + width - 1) / width), .threads = tile_threads}, stream,
           side(x, pixels), side(guide, rows), y, channels);
}

}  // namespace

void best_match(Pixels<const float> x, Pixels<const float> guide, Pixels<float> y, std::int64_t pixels,
                std::int64_t rows, std::int64_t channels, Stream stream) {
    match(x, guide, y, pixels, rows, channels, stream);
}
void best_match(Pixels<const bf16> x, Pixels<const bf16> guide, Pixels<bf16> y, std::int64_t pixels, std::int64_t rows,
                std::int64_t channels, Stream stream) {
    match(x, guide, y, pixels, rows, channels, stream);
}

}  // namespace gradus::kernels::GRADUS_CUDA
