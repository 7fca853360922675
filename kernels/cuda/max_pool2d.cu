#include "kernels/cuda/gather.cuh"
#include "kernels/cuda/pool2d_windows.cuh"
#include "kernels/max_pool2d.h"

namespace gradus::kernels::GRADUS_CUDA {
namespace {

/// n indices, side by side.
template <int n>
struct alignas(n) Winners {
    std::uint8_t at[n];
};

// Each value of y is the largest of a window of x, and leaves the index of that behind; gather.cuh says who writes it.
// Traffic: reads x, whose overlapping windows meet in the caches, writes y and one byte of index per value: for windows
// of 2x2, 16 + 4 + 1 bytes per output in f32 for 4 comparisons. Bound by memory.
template <class T>
struct MaxPool {
    Pixels<const T> x;
    Pixels<std::uint8_t> index;  // may be null
    Pool2dShape z;

    template <int n>
    __device__ __forceinline__ Values<T, n> gather(const Spot& at) const {
        Values<T, n> best = {};
        Winners<n> winner = {};
        bool first = true;
        for_pixels(z, at.row, at.column, [&](std::int64_t h, std::int64_t w, std::int64_t tap) {
            const Values<T, n> v = load<n>(x[(at.picture * z.H + h) * z.W + w] + at.channel);
#pragma unroll
            for (int k = 0; k < n; ++k) {
                const bool first_nan = v.at[k] != v.at[k] && best.at[k] == best.at[k];
                if (!first && !(v.at[k] > best.at[k]) && !first_nan) continue;
                best.at[k] = v.at[k];
                winner.at[k] = static_cast<std::uint8_t>(tap);
            }
            first = false;
        });
        const std::int64_t pixel = (at.picture * z.P + at.row) * z.Q + at.column;
        if (index.data) *reinterpret_cast<Winners<n>*>(index[pixel] + at.channel) = winner;
        return best;
    }
};

// Each value of dx looks up its windows: nothing is written twice, and the order of the sum is the windows'. Traffic:
// reads dy and the indices (from the caches where windows overlap), writes dx, and reads it first to accumulate; for
// windows of 2x2, 4 + (4 + 1) / 4 bytes per value of dx in f32. Bound by memory.
template <class T>
struct MaxPoolBackward {
    Pixels<const T> dy;
    Pixels<const std::uint8_t> index;
    Pool2dShape z;

    template <int n>
    __device__ __forceinline__ Values<T, n> gather(const Spot& at) const {
        Values<T, n> sum = {};
        for_windows(z, at.row, at.column, [&](std::int64_t p, std::int64_t q, std::int64_t tap) {
            const std::int64_t from = (at.picture * z.P + p) * z.Q + q;
            const auto winner = *reinterpret_cast<const Winners<n>*>(index[from] + at.channel);
            const Values<T, n> g = load<n>(dy[from] + at.channel);
#pragma unroll
            for (int k = 0; k < n; ++k) sum.at[k] += winner.at[k] == tap ? g.at[k] : 0.0f;
        });
        return sum;
    }
};

}  // namespace

#define PROVIDE(T)                                                                                                     \
    void max_pool2d(Pixels<const T> x, Pixels<T> y, Pixels<std::uint8_t> index, const Pool2dShape& z, Stream stream) { \
        gather<Odd::single, per_vector<T>>(MaxPool<T>{x, index, z}, y, {z.N, z.P, z.Q, z.C}, Write::overwrite, stream, \
                                           x, index);                                                                  \
    }                                                                                                                  \
    void max_pool2d_backward(Pixels<const T> dy, Pixels<const std::uint8_t> index, Pixels<T> dx, const Pool2dShape& z, \
                             Write write, Stream stream) {                                                             \
        gather<Odd::single, per_vector<T>>(MaxPoolBackward<T>{dy, index, z}, dx, {z.N, z.H, z.W, z.C}, write, stream,  \
                                           dy, index);                                                                 \
    }
PROVIDE(float)
PROVIDE(bf16)

}  // namespace gradus::kernels::GRADUS_CUDA
