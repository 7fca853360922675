#include "kernels/cuda/grid.cuh"
#include "kernels/global_avg_pool.h"

namespace gradus::kernels::GRADUS_CUDA {
namespace {

// One thread per channel of a picture, which walks over its pixels; a warp reads 32 neighboring channels of a pixel at
// once. Few threads where there are few channels, but then there is little to read. Traffic: reads x once, 4 bytes per
// value in f32 for 1 flop in f64 (the sums are long). Bound by memory.
template <class T>
__global__ void __launch_bounds__(threads_per_block)
    global_avg_pool_kernel(Pixels<const T> x, Pixels<T> y, std::int64_t pixels, std::int64_t C, std::int64_t all) {
    for (auto i = first_element(); i < all; i += grid_stride()) {
        const std::int64_t n = i / C, c = i - n * C;
        double sum = 0;
        for (std::int64_t p = 0; p < pixels; ++p) sum += static_cast<double>(static_cast<float>(x[n * pixels + p][c]));
        y[n][c] = T(static_cast<float>(sum / static_cast<double>(pixels)));
    }
}

// One thread per value of dx, in a grid-stride loop; dy stays in L1. Traffic: writes dx, and reads it first to
// accumulate: 4 or 8 bytes per value in f32 for 1 or 2 flops. Bound by memory.
template <bool accumulate, class T>
__global__ void __launch_bounds__(threads_per_block)
    global_avg_pool_backward_kernel(Pixels<const T> dy, Pixels<T> dx, std::int64_t pixels, std::int64_t C,
                                    std::int64_t all) {
    for (auto i = first_element(); i < all; i += grid_stride()) {
        const std::int64_t pixel = i / C, c = i - pixel * C;
        T& to = dx[pixel][c];
        const float kept = accumulate ? static_cast<float>(to) : 0.0f;
        to = T(kept + static_cast<float>(dy[pixel / pixels][c]) / static_cast<float>(pixels));
    }
}

template <bool accumulate, class T>
void backward(Pixels<const T> dy, Pixels<T> dx, std::int64_t N, std::int64_t pixels, std::int64_t C, Stream stream) {
    const std::int64_t all = N * pixels * C;
    launch(global_avg_pool_backward_kernel<accumulate, T>, {.blocks = blocks_for(all), .threads = threads_per_block},
           stream, dy, dx, pixels, C, all);
}

}  // namespace

#define PROVIDE(T)                                                                                                   \
    void global_avg_pool(Pixels<const T> x, Pixels<T> y, std::int64_t N, std::int64_t pixels, std::int64_t C,        \
                         Stream stream) {                                                                            \
        launch(global_avg_pool_kernel<T>, {.blocks = blocks_for(N * C), .threads = threads_per_block}, stream, x, y, \
               pixels, C, N* C);                                                                                     \
    }                                                                                                                \
    void global_avg_pool_backward(Pixels<const T> dy, Pixels<T> dx, std::int64_t N, std::int64_t pixels,             \
                                  std::int64_t C, Write write, Stream stream) {                                      \
        write == Write::accumulate ? backward<true>(dy, dx, N, pixels, C, stream)                                    \
                                   : backward<false>(dy, dx, N, pixels, C, stream);                                  \
    }
PROVIDE(float)
PROVIDE(bf16)

}  // namespace gradus::kernels::GRADUS_CUDA
