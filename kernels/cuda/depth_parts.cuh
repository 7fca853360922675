#pragma once
// Products whose result is small and whose depth is long are cut along the depth, so that every multiprocessor has
// work: each part's sums go to scratch, and are added here in a fixed order. How it is cut follows from the shape
// alone.
#include "kernels/cuda/launch.cuh"

namespace gradus::kernels::GRADUS_CUDA {
namespace {

struct DepthParts {
    std::int64_t depth = 0;  // of a part, but for the last
    std::int64_t count = 1;
};

/// Parts for a product that has so many blocks without them: enough for four blocks on each of 132 multiprocessors,
/// none less deep than `least`.
inline DepthParts depth_parts(std::int64_t blocks, std::int64_t K, std::int64_t least) {
    constexpr std::int64_t wanted = 4 * 132, whole = 16;  // stages of tile_product.cuh end at multiples of 16
    std::int64_t count = (wanted + blocks - 1) / blocks;
    if (count > K / least) count = K / least;
    if (count <= 1) return {K, 1};
    const std::int64_t depth = ((K + count - 1) / count + whole - 1) / whole * whole;
    return {depth, (K + depth - 1) / depth};
}

constexpr unsigned adding_threads = 256;

// Block x adds neighboring values of y, with `lanes` threads each, block y says which matrix: thread (value, lane) adds
// the parts lane, lane + lanes, ... of its value, and the first lane adds the lanes' sums in their order, in double.
// `parts` holds, matrix after matrix, `count` times `size` values. With columns > 0 the matrices are square and
// symmetric, and only values on or below the diagonal are there: each is written to its mirror image too. Traffic:
// reads the parts once (which the cache of the GPU still holds), writes y once. Bound by memory.
template <bool accumulate, unsigned lanes>
__global__ void __launch_bounds__(adding_threads)
    add_parts_kernel(const float* parts, float* y, std::int64_t size, std::int64_t count, std::int64_t columns) {
    constexpr unsigned values = adding_threads / lanes;
    const unsigned value = threadIdx.x % values, lane = threadIdx.x / values;
    const std::int64_t i = static_cast<std::int64_t>(blockIdx.x) * values + value;
    const std::int64_t row = columns > 0 ? i / columns : 0, column = columns > 0 ? i - row * columns : 0;
    const bool mine = i < size && column <= (columns > 0 ? row : 0);
    double sum = 0;
    if (mine) {
        const float* from = parts + blockIdx.y * count * size + i;
#pragma unroll 8
        for (std::int64_t part = lane; part < count; part += lanes) sum += static_cast<double>(from[part * size]);
    }
    if constexpr (lanes > 1) {
        GRADUS_SHARED(double, sums, [lanes][values]);
        sums[lane][value] = sum;
        __syncthreads();
        if (lane != 0) return;
#pragma unroll
        for (unsigned l = 1; l < lanes; ++l) sum += sums[l][value];
    }
    if (!mine) return;
    float* to = y + blockIdx.y * size;
    const auto put = [&](std::int64_t at) {
        to[at] = static_cast<float>(accumulate ? static_cast<double>(to[at]) + sum : sum);
    };
    put(i);
    if (column < row) put(column * columns + row);
}

template <unsigned lanes>
void add_parts(const float* parts, float* y, std::int64_t size, std::int64_t count, std::int64_t matrices,
               std::int64_t columns, Write write, Stream stream) {
    constexpr std::int64_t values = adding_threads / lanes;
    const auto blocks = static_cast<unsigned>((size + values - 1) / values);
    const auto kernel = write == Write::accumulate ? add_parts_kernel<true, lanes> : add_parts_kernel<false, lanes>;
    launch(kernel, {.blocks = {blocks, static_cast<unsigned>(matrices)}, .threads = adding_threads}, stream, parts, y,
           size, count, columns);
}

inline void add_parts(const float* parts, float* y, std::int64_t size, std::int64_t count, std::int64_t matrices,
                      std::int64_t columns, Write write, Stream stream) {
    if (count == 1)
        add_parts<1>(parts, y, size, count, matrices, columns, write, stream);
    else if (count >= 128)  // 8 neighboring values are a whole sector of 32 bytes
        add_parts<32>(parts, y, size, count, matrices, columns, write, stream);
    else
        add_parts<8>(parts, y, size, count, matrices, columns, write, stream);
}

}  // namespace
}  // namespace gradus::kernels::GRADUS_CUDA
