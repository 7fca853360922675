#include "kernels/cuda/grid.cuh"
#include "kernels/cuda/pool2d_windows.cuh"
#include "kernels/cuda/vector.cuh"
#include "kernels/max_pool2d.h"

namespace gradus::kernels::GRADUS_CUDA {
namespace {

/// n indices, side by side.
template <int n>
struct alignas(n) Taps {
    std::uint8_t at[n];
};

// One thread per piece of n channels of an output pixel, in a grid-stride loop; neighbors in a warp take neighboring
// channels. Traffic: reads x, whose overlapping windows meet in the caches, writes y and one byte of index per value:
// for windows of 2x2, 16 + 4 + 1 bytes per output in f32 for 4 comparisons. Bound by memory.
template <int n, class T>
__global__ void __launch_bounds__(threads_per_block)
    max_pool2d_kernel(Pixels<const T> x, Pixels<T> y, Pixels<std::uint8_t> index, Pool2dShape z, std::int64_t pieces,
                      std::int64_t per_pixel) {
    for (auto i = first_element(); i < pieces; i += grid_stride()) {
        const Spot at = spot_of<n>(i, z.P, z.Q, per_pixel);
        Values<T, n> best = {};
        Taps<n> winner = {};
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
        const std::int64_t to = (at.picture * z.P + at.row) * z.Q + at.column;
        store<n>(y[to] + at.channel, best);
        if (index.data) *reinterpret_cast<Taps<n>*>(index[to] + at.channel) = winner;
    }
}

// One thread per piece of n channels of a pixel of dx, which looks up its windows: nothing is written twice, and the
// order of the sum is the windows'. Traffic: reads dy and the indices (from the caches where windows overlap), writes
// dx, and reads it first to accumulate; for windows of 2x2, 4 + (4 + 1) / 4 bytes per value of dx in f32. Bound by
// memory.
template <int n, bool accumulate, class T>
__global__ void __launch_bounds__(threads_per_block)
    max_pool2d_backward_kernel(Pixels<const T> dy, Pixels<const std::uint8_t> index, Pixels<T> dx, Pool2dShape z,
                               std::int64_t pieces, std::int64_t per_pixel) {
    for (auto i = first_element(); i < pieces; i += grid_stride()) {
        const Spot at = spot_of<n>(i, z.H, z.W, per_pixel);
        T* to = dx[(at.picture * z.H + at.row) * z.W + at.column] + at.channel;
        Values<T, n> sum = {};
        if constexpr (accumulate) sum = load<n>(static_cast<const T*>(to));
        for_windows(z, at.row, at.column, [&](std::int64_t p, std::int64_t q, std::int64_t tap) {
            const std::int64_t from = (at.picture * z.P + p) * z.Q + q;
            const auto winner = *reinterpret_cast<const Taps<n>*>(index[from] + at.channel);
            const Values<T, n> g = load<n>(dy[from] + at.channel);
#pragma unroll
            for (int k = 0; k < n; ++k) sum.at[k] += winner.at[k] == tap ? g.at[k] : 0.0f;
        });
        store<n>(to, sum);
    }
}

/// Whether n indices lie on n bytes everywhere.
bool indices_fit(Pixels<const std::uint8_t> index, int n) {
    return reinterpret_cast<std::uintptr_t>(index.data) % static_cast<std::uintptr_t>(n) == 0 && index.stride % n == 0;
}

template <class T>
void forward(Pixels<const T> x, Pixels<T> y, Pixels<std::uint8_t> index, const Pool2dShape& z, Stream stream) {
    const auto with = [&]<int n>() {
        const std::int64_t pieces = z.N * z.P * z.Q * (z.C / n);
        launch(max_pool2d_kernel<n, T>, {.blocks = blocks_for(pieces), .threads = threads_per_block}, stream, x, y,
               index, z, pieces, z.C / n);
    };
    constexpr int n = per_vector<T>;
    if (vectors_fit(x, z.C) && vectors_fit(y, z.C) && indices_fit({index.data, index.stride}, n))
        with.template operator()<n>();
    else
        with.template operator()<1>();
}

template <bool accumulate, class T>
void backward(Pixels<const T> dy, Pixels<const std::uint8_t> index, Pixels<T> dx, const Pool2dShape& z, Stream stream) {
    const auto with = [&]<int n>() {
        const std::int64_t pieces = z.N * z.H * z.W * (z.C / n);
        launch(max_pool2d_backward_kernel<n, accumulate, T>,
               {.blocks = blocks_for(pieces), .threads = threads_per_block}, stream, dy, index, dx, z, pieces, z.C / n);
    };
    constexpr int n = per_vector<T>;
    if (vectors_fit(dy, z.C) && vectors_fit(dx, z.C) && indices_fit(index, n))
        with.template operator()<n>();
    else
        with.template operator()<1>();
}

}  // namespace

#define PROVIDE(T)                                                                                                     \
    void max_pool2d(Pixels<const T> x, Pixels<T> y, Pixels<std::uint8_t> index, const Pool2dShape& z, Stream stream) { \
        forward(x, y, index, z, stream);                                                                               \
    }                                                                                                                  \
    void max_pool2d_backward(Pixels<const T> dy, Pixels<const std::uint8_t> index, Pixels<T> dx, const Pool2dShape& z, \
                             Write write, Stream stream) {                                                             \
        write == Write::accumulate ? backward<true>(dy, index, dx, z, stream)                                          \
                                   : backward<false>(dy, index, dx, z, stream);                                        \
    }
PROVIDE(float)
PROVIDE(bf16)

}  // namespace gradus::kernels::GRADUS_CUDA
