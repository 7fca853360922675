#include "kernels/cuda/grid.cuh"
#include "kernels/pick.h"

namespace gradus::kernels::GRADUS_CUDA {
namespace {

// One thread, one value.
template <class T>
__global__ void pick_kernel(Pixels<const T> x, float* y, std::int64_t pixel, std::int64_t channel) {
    *y = static_cast<float>(x[pixel][channel]);
}

// One thread per value of dx, in a grid-stride loop. Traffic: writes dx, 4 bytes per value in f32. Bound by memory.
template <class T>
__global__ void __launch_bounds__(threads_per_block)
    pick_backward_kernel(const float* dy, Pixels<T> dx, std::int64_t channels, std::int64_t at_pixel,
                         std::int64_t at_channel, std::int64_t all) {
    for (auto i = first_element(); i < all; i += grid_stride()) {
        const std::int64_t pixel = i / channels, channel = i - pixel * channels;
        dx[pixel][channel] = T(pixel == at_pixel && channel == at_channel ? *dy : 0.0f);
    }
}

// One thread: on top of what is there, one value changes.
template <class T>
__global__ void pick_add_kernel(const float* dy, Pixels<T> dx, std::int64_t pixel, std::int64_t channel) {
    T& to = dx[pixel][channel];
    to = T(static_cast<float>(to) + *dy);
}

template <class T>
void backward(const float* dy, Pixels<T> dx, std::int64_t pixels, std::int64_t channels, std::int64_t pixel,
              std::int64_t channel, Write write, Stream stream) {
    const std::int64_t all = pixels * channels;
    if (write == Write::accumulate)
        launch(pick_add_kernel<T>, {.blocks = 1, .threads = 1}, stream, dy, dx, pixel, channel);
    else
        launch(pick_backward_kernel<T>, {.blocks = blocks_for(all), .threads = threads_per_block}, stream, dy, dx,
               channels, pixel, channel, all);
}

}  // namespace

#define PROVIDE(T)                                                                                                    \
    void pick(Pixels<const T> x, float* y, std::int64_t pixel, std::int64_t channel, Stream stream) {                 \
        launch(pick_kernel<T>, {.blocks = 1, .threads = 1}, stream, x, y, pixel, channel);                            \
    }                                                                                                                 \
    void pick_backward(const float* dy, Pixels<T> dx, std::int64_t pixels, std::int64_t channels, std::int64_t pixel, \
                       std::int64_t channel, Write write, Stream stream) {                                            \
        backward(dy, dx, pixels, channels, pixel, channel, write, stream);                                            \
    }
PROVIDE(float)
PROVIDE(bf16)

}  // namespace gradus::kernels::GRADUS_CUDA
