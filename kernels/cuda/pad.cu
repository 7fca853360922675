#include "kernels/cuda/grid.cuh"
#include "kernels/pad.h"

namespace gradus::kernels::GRADUS_CUDA {
namespace {

// One thread per value of y, in a grid-stride loop. Traffic: reads x (what lies beyond the border from the caches),
// writes y, and reads it first to accumulate: 8 or 12 bytes per value in f32, no arithmetic but the index. Bound by
// memory. Three channels are no 16 bytes: see roll.cu.
template <bool accumulate, class T>
__global__ void __launch_bounds__(threads_per_block)
    pad_kernel(Pixels<const T> x, Pixels<T> y, PadShape s, PadMode mode, std::int64_t all) {
    for (auto i = first_element(); i < all; i += grid_stride()) {
        const std::int64_t pixel = i / s.C, c = i - pixel * s.C, line = pixel / s.Q, n = line / s.P;
        const std::int64_t h = border_source(line - n * s.P - s.top, s.H, mode),
                           w = border_source(pixel - line * s.Q - s.left, s.W, mode);
        const float value = h < 0 || w < 0 ? 0.0f : static_cast<float>(x[(n * s.H + h) * s.W + w][c]);
        T& to = y[pixel][c];
        to = T(accumulate ? static_cast<float>(to) + value : value);
    }
}

// One thread per value of dx, which adds up all places of dy that show it, row by row: nothing is written twice.
// Traffic: reads dy, writes dx, and reads it first to accumulate: 8 or 12 bytes per value in f32. Bound by memory.
template <bool accumulate, class T>
__global__ void __launch_bounds__(threads_per_block)
    pad_backward_kernel(Pixels<const T> dy, Pixels<T> dx, PadShape s, PadMode mode, std::int64_t all) {
    for (auto i = first_element(); i < all; i += grid_stride()) {
        const std::int64_t pixel = i / s.C, c = i - pixel * s.C, line = pixel / s.W, n = line / s.H;
        float sum = 0;
        for_border_images(line - n * s.H, s.H, -s.top, s.P - 1 - s.top, mode, [&](std::int64_t row) {
            for_border_images(pixel - line * s.W, s.W, -s.left, s.Q - 1 - s.left, mode, [&](std::int64_t column) {
                sum += static_cast<float>(dy[(n * s.P + row + s.top) * s.Q + column + s.left][c]);
            });
        });
        T& to = dx[pixel][c];
        to = T(accumulate ? static_cast<float>(to) + sum : sum);
    }
}

template <class T>
void forward(Pixels<const T> x, Pixels<T> y, const PadShape& s, PadMode mode, Write write, Stream stream) {
    const std::int64_t all = s.N * s.P * s.Q * s.C;
    const auto kernel = write == Write::accumulate ? pad_kernel<true, T> : pad_kernel<false, T>;
    launch(kernel, {.blocks = blocks_for(all), .threads = threads_per_block}, stream, x, y, s, mode, all);
}

template <class T>
void backward(Pixels<const T> dy, Pixels<T> dx, const PadShape& s, PadMode mode, Write write, Stream stream) {
    const std::int64_t all = s.N * s.H * s.W * s.C;
    const auto kernel = write == Write::accumulate ? pad_backward_kernel<true, T> : pad_backward_kernel<false, T>;
    launch(kernel, {.blocks = blocks_for(all), .threads = threads_per_block}, stream, dy, dx, s, mode, all);
}

}  // namespace

#define PROVIDE(T)                                                                                                     \
    void pad(Pixels<const T> x, Pixels<T> y, const PadShape& s, PadMode mode, Write write, Stream stream) {            \
        forward(x, y, s, mode, write, stream);                                                                         \
    }                                                                                                                  \
    void pad_backward(Pixels<const T> dy, Pixels<T> dx, const PadShape& s, PadMode mode, Write write, Stream stream) { \
        backward(dy, dx, s, mode, write, stream);                                                                      \
    }
PROVIDE(float)
PROVIDE(bf16)

}  // namespace gradus::kernels::GRADUS_CUDA
