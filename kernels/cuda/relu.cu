#include "kernels/cuda/pieces.cuh"
#include "kernels/relu.h"

namespace gradus::kernels::GRADUS_CUDA {
namespace {

// One thread per piece of n contiguous values, in a grid-stride loop; neighbors in a warp read neighboring pieces.
// Traffic: reads x, writes y once each, 8 bytes per value in f32. 1 flop per 8 bytes: bound by memory.
template <int n, class T>
__global__ void __launch_bounds__(threads_per_block) relu_kernel(Pixels<const T> x, Pixels<T> y, Rows rows) {
    for (auto i = first_element(); i < rows.pieces; i += grid_stride()) {
        Values<T, n> v = load<n>(place<n>(x, rows, i));
#pragma unroll
        for (int k = 0; k < n; ++k) v.at[k] = v.at[k] > 0.0f ? v.at[k] : 0.0f;
        store<n>(place<n>(y, rows, i), v);
    }
}

// The same threads. Traffic: reads y (not for deconvnet) and dy, writes dx, and reads it first to accumulate: 12 or 16
// bytes per value in f32 for 1 or 2 flops. Bound by memory. dx may be dy itself: a thread reads its piece before it
// writes it.
template <ReluRule rule, bool accumulate, int n, class T>
__global__ void __launch_bounds__(threads_per_block)
    relu_backward_kernel(Pixels<const T> y, Pixels<const T> dy, Pixels<T> dx, Rows rows) {
    for (auto i = first_element(); i < rows.pieces; i += grid_stride()) {
        Values<T, n> at = {}, sum = {};
        if constexpr (rule != ReluRule::deconvnet) at = load<n>(place<n>(y, rows, i));
        if constexpr (accumulate) sum = load<n>(static_cast<const T*>(place<n>(dx, rows, i)));
        const Values<T, n> g = load<n>(place<n>(dy, rows, i));
#pragma unroll
        for (int k = 0; k < n; ++k) {
            const bool active = rule == ReluRule::deconvnet || at.at[k] > 0.0f;
            const bool positive = rule == ReluRule::plain || g.at[k] > 0.0f;
            sum.at[k] += active && positive ? g.at[k] : 0.0f;
        }
        store<n>(place<n>(dx, rows, i), sum);
    }
}

template <class T>
void forward(Pixels<const T> x, Pixels<T> y, std::int64_t pixels, std::int64_t channels, Stream stream) {
    const auto with = [&]<int n>(const Rows& all) {
        launch(relu_kernel<n, T>, {.blocks = blocks_for(all.pieces), .threads = threads_per_block}, stream, x, y, all);
    };
    in_pieces<T>(pixels, channels, with, x, y);
}

template <ReluRule rule, bool accumulate, class T>
void backward(Pixels<const T> y, Pixels<const T> dy, Pixels<T> dx, std::int64_t pixels, std::int64_t channels,
              Stream stream) {
    const auto with = [&]<int n>(const Rows& all) {
        launch(relu_backward_kernel<rule, accumulate, n, T>,
               {.blocks = blocks_for(all.pieces), .threads = threads_per_block}, stream, y, dy, dx, all);
    };
    in_pieces<T>(pixels, channels, with, y, dy, dx);
}

template <class T>
void choose(Pixels<const T> y, Pixels<const T> dy, Pixels<T> dx, std::int64_t pixels, std::int64_t channels,
            ReluRule rule, Write write, Stream stream) {
    const auto with = [&]<ReluRule r>() {
        if (write == Write::accumulate)
            backward<r, true>(y, dy, dx, pixels, channels, stream);
        else
            backward<r, false>(y, dy, dx, pixels, channels, stream);
    };
    if (rule == ReluRule::plain)
        with.template operator()<ReluRule::plain>();
    else if (rule == ReluRule::guided)
        with.template operator()<ReluRule::guided>();
    else
        with.template operator()<ReluRule::deconvnet>();
}

}  // namespace

void relu(Pixels<const float> x, Pixels<float> y, std::int64_t pixels, std::int64_t channels, Stream stream) {
    forward(x, y, pixels, channels, stream);
}
void relu(Pixels<const bf16> x, Pixels<bf16> y, std::int64_t pixels, std::int64_t channels, Stream stream) {
    forward(x, y, pixels, channels, stream);
}
void relu_backward(Pixels<const float> y, Pixels<const float> dy, Pixels<float> dx, std::int64_t pixels,
                   std::int64_t channels, ReluRule rule, Write write, Stream stream) {
    choose(y, dy, dx, pixels, channels, rule, write, stream);
}
void relu_backward(Pixels<const bf16> y, Pixels<const bf16> dy, Pixels<bf16> dx, std::int64_t pixels,
                   std::int64_t channels, ReluRule rule, Write write, Stream stream) {
    choose(y, dy, dx, pixels, channels, rule, write, stream);
}

}  // namespace gradus::kernels::GRADUS_CUDA
