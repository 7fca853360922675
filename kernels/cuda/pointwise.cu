#include "kernels/cuda/pieces.cuh"
#include "kernels/pointwise.h"
#include "kernels/pointwise_functions.h"

namespace gradus::kernels::GRADUS_CUDA {
namespace {

// One thread per piece of n contiguous values, in a grid-stride loop; neighbors in a warp read neighboring
// pieces. Which function it is, all threads ask at each piece: a kernel for each would take long to compile. Traffic:
// reads x, writes y, and reads it first to accumulate: 8 or 12 bytes per value in f32. An H200 has time for some 50
// instructions per 8 bytes (132 multiprocessors, 128 lanes, 1.7 GHz, 4.3 TB/s): powers take about that, everything else
// less and is bound by memory. y may be x: a thread reads its piece before it writes it.
template <int n, class T>
__global__ void __launch_bounds__(threads_per_block)
    pointwise_kernel(Pointwise p, Pixels<const T> x, Pixels<T> y, Rows rows, bool accumulate) {
    for (auto i = first_element(); i < rows.pieces; i += grid_stride()) {
        const Values<T, n> in = load<n>(place<n>(x, rows, i));
        Values<T, n> sum = {};
        if (accumulate) sum = load<n>(static_cast<const T*>(place<n>(y, rows, i)));
        with_function<float>(p, [&](auto f) {
#pragma unroll
            for (int k = 0; k < n; ++k) sum.at[k] += f.value(in.at[k]);
        });
        store<n>(place<n>(y, rows, i), sum);
    }
}

// The same threads. Traffic: reads at and dy, writes dx, and reads it first to accumulate: 12 or 16 bytes per value in
// f32. dx may be at or dy.
template <int n, class T>
__global__ void __launch_bounds__(threads_per_block)
    pointwise_backward_kernel(Pointwise p, Pixels<const T> at, Pixels<const T> dy, Pixels<T> dx, Rows rows,
                              bool accumulate) {
    for (auto i = first_element(); i < rows.pieces; i += grid_stride()) {
        const Values<T, n> where = load<n>(place<n>(at, rows, i)), g = load<n>(place<n>(dy, rows, i));
        Values<T, n> sum = {};
        if (accumulate) sum = load<n>(static_cast<const T*>(place<n>(dx, rows, i)));
        with_function<float>(p, [&](auto f) {
#pragma unroll
            for (int k = 0; k < n; ++k) sum.at[k] += f.slope(where.at[k]) * g.at[k];
        });
        store<n>(place<n>(dx, rows, i), sum);
    }
}

template <class T>
void forward(Pixels<const T> x, Pixels<T> y, std::int64_t pixels, std::int64_t channels, const Pointwise& p,
             Write write, Stream stream) {
    const auto with = [&]<int n>(const Rows& all) {
        launch(pointwise_kernel<n, T>, {.blocks = blocks_for(all.pieces), .threads = threads_per_block}, stream, p, x,
               y, all, write == Write::accumulate);
    };
    in_pieces<T>(pixels, channels, with, x, y);
}

template <class T>
void backward(Pixels<const T> at, Pixels<const T> dy, Pixels<T> dx, std::int64_t pixels, std::int64_t channels,
              const Pointwise& p, Write write, Stream stream) {
    const auto with = [&]<int n>(const Rows& all) {
        launch(pointwise_backward_kernel<n, T>, {.blocks = blocks_for(all.pieces), .threads = threads_per_block},
               stream, p, at, dy, dx, all, write == Write::accumulate);
    };
    in_pieces<T>(pixels, channels, with, at, dy, dx);
}

}  // namespace

void pointwise(Pixels<const float> x, Pixels<float> y, std::int64_t pixels, std::int64_t channels, const Pointwise& p,
               Write write, Stream stream) {
    forward(x, y, pixels, channels, p, write, stream);
}
void pointwise(Pixels<const bf16> x, Pixels<bf16> y, std::int64_t pixels, std::int64_t channels, const Pointwise& p,
               Write write, Stream stream) {
    forward(x, y, pixels, channels, p, write, stream);
}
void pointwise_backward(Pixels<const float> at, Pixels<const float> dy, Pixels<float> dx, std::int64_t pixels,
                        std::int64_t channels, const Pointwise& p, Write write, Stream stream) {
    backward(at, dy, dx, pixels, channels, p, write, stream);
}
void pointwise_backward(Pixels<const bf16> at, Pixels<const bf16> dy, Pixels<bf16> dx, std::int64_t pixels,
                        std::int64_t channels, const Pointwise& p, Write write, Stream stream) {
    backward(at, dy, dx, pixels, channels, p, write, stream);
}

}  // namespace gradus::kernels::GRADUS_CUDA
