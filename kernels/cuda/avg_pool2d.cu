#include "kernels/avg_pool2d.h"
#include "kernels/cuda/grid.cuh"
#include "kernels/cuda/pool2d_windows.cuh"
#include "kernels/cuda/vector.cuh"

namespace gradus::kernels::GRADUS_CUDA {
namespace {

/// How many of the taps from `first` on count along one axis: those before `size + pad` with padding, those in
/// 0..size-1 without.
__device__ __forceinline__ std::int64_t counted(std::int64_t first, std::int64_t taps, std::int64_t size,
                                                std::int64_t pad, AvgDivisor divisor) {
    const std::int64_t end = first + taps, limit = divisor == AvgDivisor::padded ? size + pad : size;
    const std::int64_t from = divisor == AvgDivisor::padded || first > 0 ? first : 0;
    return (end < limit ? end : limit) - from;
}

/// What the sum of window (p, q) is divided by.
__device__ __forceinline__ float divide_by(const Pool2dShape& z, std::int64_t p, std::int64_t q, AvgDivisor divisor) {
    return static_cast<float>(counted(p * z.stride_h - z.pad_h, z.R, z.H, z.pad_h, divisor) *
                              counted(q * z.stride_w - z.pad_w, z.S, z.W, z.pad_w, divisor));
}

// One thread per piece of n channels of an output pixel, in a grid-stride loop. Traffic: reads x, whose overlapping
// windows meet in the caches, writes y: for windows of 2x2, 20 bytes per output in f32 for 5 flops. Bound by memory.
template <int n, class T>
__global__ void __launch_bounds__(threads_per_block)
    avg_pool2d_kernel(Pixels<const T> x, Pixels<T> y, Pool2dShape z, AvgDivisor divisor, std::int64_t pieces,
                      std::int64_t per_pixel) {
    for (auto i = first_element(); i < pieces; i += grid_stride()) {
        const Spot at = spot_of<n>(i, z.P, z.Q, per_pixel);
        Values<T, n> sum = {};
        for_pixels(z, at.row, at.column, [&](std::int64_t h, std::int64_t w, std::int64_t) {
            const Values<T, n> v = load<n>(x[(at.picture * z.H + h) * z.W + w] + at.channel);
#pragma unroll
            for (int k = 0; k < n; ++k) sum.at[k] += v.at[k];
        });
        const float by = divide_by(z, at.row, at.column, divisor);
#pragma unroll
        for (int k = 0; k < n; ++k) sum.at[k] /= by;
        store<n>(y[(at.picture * z.P + at.row) * z.Q + at.column] + at.channel, sum);
    }
}

// One thread per piece of n channels of a pixel of dx, which looks up its windows. Traffic: reads dy (from the caches
// where windows overlap), writes dx, and reads it first to accumulate: about 5 or 9 bytes per value of dx in f32 for
// windows of 2x2. Bound by memory.
template <int n, bool accumulate, class T>
__global__ void __launch_bounds__(threads_per_block)
    avg_pool2d_backward_kernel(Pixels<const T> dy, Pixels<T> dx, Pool2dShape z, AvgDivisor divisor, std::int64_t pieces,
                               std::int64_t per_pixel) {
    for (auto i = first_element(); i < pieces; i += grid_stride()) {
        const Spot at = spot_of<n>(i, z.H, z.W, per_pixel);
        T* to = dx[(at.picture * z.H + at.row) * z.W + at.column] + at.channel;
        Values<T, n> sum = {};
        if constexpr (accumulate) sum = load<n>(static_cast<const T*>(to));
        for_windows(z, at.row, at.column, [&](std::int64_t p, std::int64_t q, std::int64_t) {
            const Values<T, n> g = load<n>(dy[(at.picture * z.P + p) * z.Q + q] + at.channel);
            const float by = divide_by(z, p, q, divisor);
#pragma unroll
            for (int k = 0; k < n; ++k) sum.at[k] += g.at[k] / by;
        });
        store<n>(to, sum);
    }
}

template <class T>
void forward(Pixels<const T> x, Pixels<T> y, const Pool2dShape& z, AvgDivisor divisor, Stream stream) {
    const auto with = [&]<int n>() {
        const std::int64_t pieces = z.N * z.P * z.Q * (z.C / n);
        launch(avg_pool2d_kernel<n, T>, {.blocks = blocks_for(pieces), .threads = threads_per_block}, stream, x, y, z,
               divisor, pieces, z.C / n);
    };
    if (vectors_fit(x, z.C) && vectors_fit(y, z.C))
        with.template operator()<per_vector<T>>();
    else
        with.template operator()<1>();
}

template <bool accumulate, class T>
void backward(Pixels<const T> dy, Pixels<T> dx, const Pool2dShape& z, AvgDivisor divisor, Stream stream) {
    const auto with = [&]<int n>() {
        const std::int64_t pieces = z.N * z.H * z.W * (z.C / n);
        launch(avg_pool2d_backward_kernel<n, accumulate, T>,
               {.blocks = blocks_for(pieces), .threads = threads_per_block}, stream, dy, dx, z, divisor, pieces,
               z.C / n);
    };
    if (vectors_fit(dy, z.C) && vectors_fit(dx, z.C))
        with.template operator()<per_vector<T>>();
    else
        with.template operator()<1>();
}

}  // namespace

#define PROVIDE(T)                                                                                                    \
    void avg_pool2d(Pixels<const T> x, Pixels<T> y, const Pool2dShape& z, AvgDivisor divisor, Stream stream) {        \
        forward(x, y, z, divisor, stream);                                                                            \
    }                                                                                                                 \
    void avg_pool2d_backward(Pixels<const T> dy, Pixels<T> dx, const Pool2dShape& z, AvgDivisor divisor, Write write, \
                             Stream stream) {                                                                         \
        write == Write::accumulate ? backward<true>(dy, dx, z, divisor, stream)                                       \
                                   : backward<false>(dy, dx, z, divisor, stream);                                     \
    }
PROVIDE(float)
PROVIDE(bf16)

}  // namespace gradus::kernels::GRADUS_CUDA
