#include "kernels/channel_affine.h"
#include "kernels/cuda/grid.cuh"
#include "kernels/cuda/vector.cuh"

namespace gradus::kernels::GRADUS_CUDA {
namespace {

// One thread per n consecutive values of y, in a grid-stride loop: n = 1, or 16 bytes of a y without gaps, wherever in
// them pixels begin, since a pixel of a picture has 3 channels and is never whole vectors. One division finds the
// pixel, steps from channel to channel the rest. x is read value by value, in the order of the map: a warp reads all of
// the lines that it touches, out of L1. Traffic: reads x, writes y, and reads it first to accumulate: 8 or 12 bytes per
// value in f32 for 2 or 3 flops. Bound by memory. The map's tables stay in L1.
template <int n, class T>
__global__ void __launch_bounds__(threads_per_block)
    channel_affine_kernel(Pixels<const T> x, Pixels<T> y, ChannelMap map, std::int64_t pieces, bool accumulate) {
    for (auto i = first_element(); i < pieces; i += grid_stride()) {
        std::int64_t pixel = i * n / map.K, k = i * n - pixel * map.K;
        T* to = n == 1 ? y[pixel] + k : y.data + i * n;
        Values<T, n> sum = {};
        if (accumulate) sum = load<n>(static_cast<const T*>(to));
#pragma unroll
        for (int j = 0; j < n; ++j) {
            sum.at[j] += map.scale[k] * static_cast<float>(x[pixel][map.from[k]]) + map.shift[k];
            if (++k == map.K) ++pixel, k = 0;
        }
        store<n>(to, sum);
    }
}

// The same threads for values of dx, each of which looks through the whole map: K steps, which is little for the 3 of a
// picture. Traffic: reads dy, writes dx, and reads it first to accumulate.
template <int n, class T>
__global__ void __launch_bounds__(threads_per_block)
    channel_affine_backward_kernel(Pixels<const T> dy, Pixels<T> dx, std::int64_t channels, ChannelMap map,
                                   std::int64_t pieces, bool accumulate) {
    for (auto i = first_element(); i < pieces; i += grid_stride()) {
        std::int64_t pixel = i * n / channels, c = i * n - pixel * channels;
        T* to = n == 1 ? dx[pixel] + c : dx.data + i * n;
        Values<T, n> sum = {};
        if (accumulate) sum = load<n>(static_cast<const T*>(to));
#pragma unroll
        for (int j = 0; j < n; ++j) {
            for (std::int64_t k = 0; k < map.K; ++k)
                if (map.from[k] == c) sum.at[j] += map.scale[k] * static_cast<float>(dy[pixel][k]);
            if (++c == channels) ++pixel, c = 0;
        }
        store<n>(to, sum);
    }
}

// Calls with<n>(pieces) for a result of so many values per pixel.
template <class T, class F>
void for_pieces(Pixels<T> to, std::int64_t pixels, std::int64_t channels, const F& with) {
    const std::int64_t n = pixels * channels;
    if (to.stride == channels && vectors_fit(Pixels<T>{to.data, n}, n))
        with.template operator()<per_vector<T>>(n / per_vector<T>);
    else
        with.template operator()<1>(n);
}

template <class T>
void forward(Pixels<const T> x, Pixels<T> y, std::int64_t pixels, const ChannelMap& map, Write write, Stream stream) {
    for_pieces(y, pixels, map.K, [&]<int n>(std::int64_t pieces) {
        launch(channel_affine_kernel<n, T>, {.blocks = blocks_for(pieces), .threads = threads_per_block}, stream, x, y,
               map, pieces, write == Write::accumulate);
    });
}

template <class T>
void backward(Pixels<const T> dy, Pixels<T> dx, std::int64_t pixels, std::int64_t channels, const ChannelMap& map,
              Write write, Stream stream) {
    for_pieces(dx, pixels, channels, [&]<int n>(std::int64_t pieces) {
        launch(channel_affine_backward_kernel<n, T>, {.blocks = blocks_for(pieces), .threads = threads_per_block},
               stream, dy, dx, channels, map, pieces, write == Write::accumulate);
    });
}

}  // namespace

#define PROVIDE(T)                                                                                               \
    void channel_affine(Pixels<const T> x, Pixels<T> y, std::int64_t pixels, const ChannelMap& map, Write write, \
                        Stream stream) {                                                                         \
        forward(x, y, pixels, map, write, stream);                                                               \
    }                                                                                                            \
    void channel_affine_backward(Pixels<const T> dy, Pixels<T> dx, std::int64_t pixels, std::int64_t channels,   \
                                 const ChannelMap& map, Write write, Stream stream) {                            \
        backward(dy, dx, pixels, channels, map, write, stream);                                                  \
    }
PROVIDE(float)
PROVIDE(bf16)

}  // namespace gradus::kernels::GRADUS_CUDA
