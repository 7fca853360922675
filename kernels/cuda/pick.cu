#include "kernels/cuda/pieces.cuh"
#include "kernels/pick.h"

namespace gradus::kernels::GRADUS_CUDA {
namespace {

// One thread, one value.
template <class T>
__global__ void pick_kernel(Pixels<const T> x, float* y, std::int64_t pixel, std::int64_t channel) {
    *y = static_cast<float>(x[pixel][channel]);
}

// One thread per piece of n contiguous values, in a grid-stride loop: zeros, and dy at value `at` of piece `where`.
// Traffic: writes dx, 4 bytes per value in f32. Bound by memory.
template <int n, class T>
__global__ void __launch_bounds__(threads_per_block)
    pick_backward_kernel(const float* dy, Pixels<T> dx, Rows rows, std::int64_t where, int at) {
    for (auto i = first_element(); i < rows.pieces; i += grid_stride()) {
        Values<T, n> v;
#pragma unroll
        for (int k = 0; k < n; ++k) v.at[k] = i == where && k == at ? *dy : 0.0f;
        store<n>(place<n>(dx, rows, i), v);
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
    if (write == Write::accumulate) {
        launch(pick_add_kernel<T>, {.blocks = 1, .threads = 1}, stream, dy, dx, pixel, channel);
        return;
    }
    const std::int64_t picked = pixel * channels + channel;
    const auto with = [&]<int n>(const Rows& all) {  // of a rest, `picked` may lie before the first value
        const std::int64_t from = picked - all.first, where = from < 0 ? -1 : from / n;
        launch(pick_backward_kernel<n, T>, {.blocks = blocks_for(all.pieces), .threads = threads_per_block}, stream, dy,
               dx, all, where, static_cast<int>(picked % n));
    };
    in_pieces<T>(pixels, channels, with, dx);
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
