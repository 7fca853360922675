#include "kernels/cuda/grid.cuh"
#include "kernels/cuda/vector.cuh"
#include "kernels/widen.h"

namespace gradus::kernels::GRADUS_CUDA {
namespace {

// One thread per piece of n contiguous channels of a pixel of dx: a piece of dy, or zeros. Traffic: reads dy, writes dx
// once each, no arithmetic. Bound by memory.
template <int n, class T>
__global__ void __launch_bounds__(threads_per_block)
    widen_kernel(Pixels<const T> dy, Pixels<T> dx, Rows rows, std::int64_t first, std::int64_t count) {
    for (auto i = first_element(); i < rows.pieces; i += grid_stride()) {
        const std::int64_t pixel = i / rows.per_row, channel = (i - pixel * rows.per_row) * n;
        Values<T, n> v = {};
        if (channel >= first && channel < first + count) v = load<n>(dy[pixel] + (channel - first));
        store<n>(dx[pixel] + channel, v);
    }
}

// One thread per piece of dy, which is added to its place `to` in dx. Traffic: reads dy and as much of dx, writes that
// again: 12 bytes per value in f32 for 1 flop. Bound by memory.
template <int n, class T>
__global__ void __launch_bounds__(threads_per_block) add_kernel(Pixels<const T> dy, Pixels<T> to, Rows rows) {
    for (auto i = first_element(); i < rows.pieces; i += grid_stride()) {
        Values<T, n> v = load<n>(static_cast<const T*>(place<n>(to, rows, i)));
        const Values<T, n> more = load<n>(place<n>(dy, rows, i));
#pragma unroll
        for (int k = 0; k < n; ++k) v.at[k] += more.at[k];
        store<n>(place<n>(to, rows, i), v);
    }
}

template <class T>
void choose(Pixels<const T> dy, Pixels<T> dx, std::int64_t pixels, std::int64_t channels, std::int64_t first,
            std::int64_t count, Write write, Stream stream) {
    const Pixels<T> to{dx.data + first, dx.stride};
    const auto with = [&]<int n>() {
        if (write == Write::accumulate) {
            const Rows all = rows(pixels, count, dy.stride == count && to.stride == count, n);
            launch(add_kernel<n, T>, {.blocks = blocks_for(all.pieces), .threads = threads_per_block}, stream, dy, to,
                   all);
        } else {
            const Rows all = rows(pixels, channels, false, n);
            launch(widen_kernel<n, T>, {.blocks = blocks_for(all.pieces), .threads = threads_per_block}, stream, dy, dx,
                   all, first, count);
        }
    };
    const bool whole = write == Write::accumulate || vectors_fit(dx, channels);
    if (vectors_fit(dy, count) && vectors_fit(to, count) && whole)
        with.template operator()<per_vector<T>>();
    else
        with.template operator()<1>();
}

}  // namespace

#define PROVIDE(T)                                                                                               \
    void widen(Pixels<const T> dy, Pixels<T> dx, std::int64_t pixels, std::int64_t channels, std::int64_t first, \
               std::int64_t count, Write write, Stream stream) {                                                 \
        choose(dy, dx, pixels, channels, first, count, write, stream);                                           \
    }
PROVIDE(float)
PROVIDE(bf16)

}  // namespace gradus::kernels::GRADUS_CUDA
