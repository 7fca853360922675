#include "kernels/avg_pool2d.h"
#include "kernels/cuda/gather.cuh"
#include "kernels/cuda/pool2d_windows.cuh"

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

/// What each value of window (p, q) counts.
__device__ __forceinline__ float share(const Pool2dShape& z, std::int64_t p, std::int64_t q, AvgDivisor divisor) {
    return 1.0f / static_cast<float>(counted(p * z.stride_h - z.pad_h, z.R, z.H, z.pad_h, divisor) *
                                     counted(q * z.stride_w - z.pad_w, z.S, z.W, z.pad_w, divisor));
}

// Each value of y is the mean of a window of x; gather.cuh says who writes it. Traffic: reads x, whose overlapping
// windows meet in the caches, writes y: for windows of 2x2, 20 bytes per output in f32 for 5 flops. Bound by memory.
template <class T>
struct AvgPool {
    Pixels<const T> x;
    Pool2dShape z;
    AvgDivisor divisor;

    template <int n>
    __device__ __forceinline__ Values<T, n> gather(const Spot& at) const {
        Values<T, n> sum = {};
        for_pixels(z, at.row, at.column, [&](std::int64_t h, std::int64_t w, std::int64_t) {
            const Values<T, n> v = load<n>(x[(at.picture * z.H + h) * z.W + w] + at.channel);
#pragma unroll
            for (int k = 0; k < n; ++k) sum.at[k] += v.at[k];
        });
        const float by = share(z, at.row, at.column, divisor);
#pragma unroll
        for (int k = 0; k < n; ++k) sum.at[k] *= by;
        return sum;
    }
};

// Each value of dx looks up its windows. Traffic: reads dy (from the caches where windows overlap), writes dx, and
// reads it first to accumulate: about 5 or 9 bytes per value of dx in f32 for windows of 2x2. Bound by memory.
template <class T>
struct AvgPoolBackward {
    Pixels<const T> dy;
    Pool2dShape z;
    AvgDivisor divisor;

    template <int n>
    __device__ __forceinline__ Values<T, n> gather(const Spot& at) const {
        Values<T, n> sum = {};
        for_windows(z, at.row, at.column, [&](std::int64_t p, std::int64_t q, std::int64_t) {
            const Values<T, n> g = load<n>(dy[(at.picture * z.P + p) * z.Q + q] + at.channel);
            const float by = share(z, p, q, divisor);
#pragma unroll
            for (int k = 0; k < n; ++k) sum.at[k] += g.at[k] * by;
        });
        return sum;
    }
};

}  // namespace

#define PROVIDE(T)                                                                                                    \
    void avg_pool2d(Pixels<const T> x, Pixels<T> y, const Pool2dShape& z, AvgDivisor divisor, Stream stream) {        \
        gather<Odd::single, per_vector<T>>(AvgPool<T>{x, z, divisor}, y, {z.N, z.P, z.Q, z.C}, Write::overwrite,      \
                                           stream, x);                                                                \
    }                                                                                                                 \
    void avg_pool2d_backward(Pixels<const T> dy, Pixels<T> dx, const Pool2dShape& z, AvgDivisor divisor, Write write, \
                             Stream stream) {                                                                         \
        gather<Odd::single, per_vector<T>>(AvgPoolBackward<T>{dy, z, divisor}, dx, {z.N, z.H, z.W, z.C}, write,       \
                                           stream, dy);                                                               \
    }
PROVIDE(float)
PROVIDE(bf16)

}  // namespace gradus::kernels::GRADUS_CUDA
