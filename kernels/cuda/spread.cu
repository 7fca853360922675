#include "kernels/cuda/grid.cuh"
#include "kernels/cuda/vector.cuh"
#include "kernels/spread.h"

namespace gradus::kernels::GRADUS_CUDA {
namespace {

// A thread keeps a piece of n channels, whose values it computes once, and walks over pixels: thread i of the grid has
// piece i % pieces of pixel i / pieces, and every `pixel_step`-th after it. Traffic: writes y once, 4 bytes per value
// in f32, and reads it first to accumulate; x stays in the cache. Bound by memory.
template <bool accumulate, int n, class T>
__global__ void __launch_bounds__(threads_per_block)
    spread_kernel(const float* x, bool one, Pixels<T> y, std::int64_t pixels, std::int64_t pieces,
                  std::int64_t pixel_step, float factor) {
    const std::int64_t i = first_element();
    if (i >= pixel_step * pieces) return;
    const std::int64_t piece = i % pieces;
    Values<T, n> value;
#pragma unroll
    for (int k = 0; k < n; ++k) value.at[k] = factor * (one ? *x : x[piece * n + k]);
    for (std::int64_t pixel = i / pieces; pixel < pixels; pixel += pixel_step) {
        T* to = y[pixel] + piece * n;
        Values<T, n> v = value;
        if constexpr (accumulate) {
            const Values<T, n> kept = load<n>(static_cast<const T*>(to));
#pragma unroll
            for (int k = 0; k < n; ++k) v.at[k] = kept.at[k] + value.at[k];
        }
        store<n>(to, v);
    }
}

template <bool accumulate, class T>
void repeat(const float* x, bool one, Pixels<T> y, std::int64_t pixels, std::int64_t channels, float factor,
            Stream stream) {
    // One number in a dense tensor knows no channels: four or eight values may be one.
    if (constexpr std::int64_t n = per_vector<T>; one && y.stride == channels && pixels * channels % n == 0) {
        pixels = pixels * channels / n;
        channels = y.stride = n;
    }
    const auto with = [&]<int n>() {
        const std::int64_t pieces = channels / n;
        const std::int64_t threads = std::int64_t{blocks_for(pixels * pieces)} * threads_per_block;
        const std::int64_t pixel_step = pieces < threads ? threads / pieces : 1;
        const std::int64_t blocks = (pixel_step * pieces + threads_per_block - 1) / threads_per_block;
        launch(spread_kernel<accumulate, n, T>, {.blocks = static_cast<unsigned>(blocks), .threads = threads_per_block},
               stream, x, one, y, pixels, pieces, pixel_step, factor);
    };
    if (pixels * channels == 0) return;
    if (vectors_fit(y, channels))
        with.template operator()<per_vector<T>>();
    else
        with.template operator()<1>();
}

}  // namespace

#define PROVIDE(T)                                                                                                \
    void spread(const float* x, bool one, Pixels<T> y, std::int64_t pixels, std::int64_t channels, double factor, \
                Write write, Stream stream) {                                                                     \
        if (write == Write::accumulate)                                                                           \
            repeat<true>(x, one, y, pixels, channels, static_cast<float>(factor), stream);                        \
        else                                                                                                      \
            repeat<false>(x, one, y, pixels, channels, static_cast<float>(factor), stream);                       \
    }
PROVIDE(float)
PROVIDE(bf16)

}  // namespace gradus::kernels::GRADUS_CUDA
