#include "kernels/cuda/grid.cuh"
#include "kernels/drop_lowest.h"

namespace gradus::kernels::GRADUS_CUDA {
namespace {

// One thread per pixel: its key. Neighbors in a warp read neighboring pixels. Traffic: reads key once, writes 4 bytes
// per pixel. Bound by memory.
template <class T>
__global__ void __launch_bounds__(threads_per_block)
    pixel_keys_kernel(Pixels<const T> key, unsigned* keys, std::int64_t pixels, std::int64_t channels) {
    for (auto i = first_element(); i < pixels; i += grid_stride())
        keys[i] = __float_as_uint(pixel_key(key[i], channels));
}

// One block per picture, which counts digits in shared memory, four passes over its keys. The additions are atomic, but
// of whole numbers: their order does not show. Traffic: 16 bytes per pixel out of the L2 cache, by a single
// multiprocessor: some 0.1 ms for 224x224.
__global__ void __launch_bounds__(threads_per_block)
    deciding_key_kernel(const unsigned* keys, unsigned* lowest, std::int64_t pixels, std::int64_t rank) {
    GRADUS_SHARED(unsigned, counts, [256]);
    GRADUS_SHARED(unsigned, shared_found, [1]);
    static_assert(threads_per_block == 256, "a thread clears the count of one digit");
    keys += blockIdx.x * pixels;
    unsigned found = 0;
    for (int shift = 24; shift >= 0; shift -= 8) {
        counts[threadIdx.x] = 0;
        __syncthreads();
        for (std::int64_t i = threadIdx.x; i < pixels; i += threads_per_block)
            if (begins_with(keys[i], found, shift)) atomicAdd(&counts[keys[i] >> shift & 255], 1u);
        __syncthreads();
        if (threadIdx.x == 0) shared_found[0] = found | digit_of(counts, rank) << shift;  // only its rank counts down
        __syncthreads();
        found = shared_found[0];
    }
    if (threadIdx.x == 0) lowest[blockIdx.x] = found;
}

// One thread per value. Traffic: reads x, writes y once each, the keys out of the cache. Bound by memory.
template <class T>
__global__ void __launch_bounds__(threads_per_block)
    drop_kernel(Pixels<const T> x, const unsigned* keys, const unsigned* lowest, Pixels<T> y, DropLowestShape s) {
    for (auto i = first_element(); i < s.N * s.pixels * s.C; i += grid_stride()) {
        const std::int64_t pixel = i / s.C, c = i - pixel * s.C;
        y[pixel][c] = keys[pixel] < lowest[pixel / s.pixels] ? T(0.0f) : x[pixel][c];
    }
}

template <class T>
void drop(Pixels<const T> x, Pixels<const T> key, Pixels<T> y, const DropLowestShape& s, std::byte* scratch,
          Stream stream) {
    auto* keys = reinterpret_cast<unsigned*>(scratch);
    const std::int64_t pixels = s.N * s.pixels;
    unsigned* lowest = keys + pixels;
    launch(pixel_keys_kernel<T>, {.blocks = blocks_for(pixels), .threads = threads_per_block}, stream, key, keys,
           pixels, s.key_channels);
    launch(deciding_key_kernel, {.blocks = static_cast<unsigned>(s.N), .threads = threads_per_block}, stream, keys,
           lowest, s.pixels, s.rank);
    launch(drop_kernel<T>, {.blocks = blocks_for(pixels * s.C), .threads = threads_per_block}, stream, x, keys, lowest,
           y, s);
}

}  // namespace

void drop_lowest(Pixels<const float> x, Pixels<const float> key, Pixels<float> y, const DropLowestShape& s,
                 std::byte* scratch, Stream stream) {
    drop(x, key, y, s, scratch, stream);
}
void drop_lowest(Pixels<const bf16> x, Pixels<const bf16> key, Pixels<bf16> y, const DropLowestShape& s,
                 std::byte* scratch, Stream stream) {
    drop(x, key, y, s, scratch, stream);
}

}  // namespace gradus::kernels::GRADUS_CUDA
