#include "kernels/cuda/grid.cuh"
#include "kernels/cuda/sums.cuh"
#include "kernels/cuda/vector.cuh"
#include "kernels/redirected_relu.h"

namespace gradus::kernels::GRADUS_CUDA {
namespace {

/// An item of a batch: the pieces of its rows, and from one item to the next as many pixels.
struct Items {
    std::int64_t count, pixels;
    Rows rows;
};

template <class T>
__device__ __forceinline__ Pixels<T> item_of(Pixels<T> x, const Items& items, std::int64_t item) {
    return {x[item * items.pixels], x.stride};
}

// Block (i, j) looks through part i of item j, j + gridDim.y, ...: one thread per piece of n contiguous values. A
// thread ends at the first gradient that gets through, so that a living net is hardly read. Traffic: of a dead item x
// and dy once, 8 bytes per value in f32. Bound by memory.
template <int n, class T>
__global__ void __launch_bounds__(threads_per_block)
    gets_through_kernel(Pixels<const T> x, Pixels<const T> dy, Items items, unsigned char* through) {
    for (std::int64_t item = blockIdx.y; item < items.count; item += gridDim.y) {
        const Pixels<const T> in = item_of(x, items, item), from = item_of(dy, items, item);
        bool found = false;
        for (auto i = first_element(); i < items.rows.pieces && !found; i += grid_stride()) {
            const Values<T, n> at = load<n>(place<n>(in, items.rows, i)), g = load<n>(place<n>(from, items.rows, i));
#pragma unroll
            for (int k = 0; k < n; ++k) found = found || (at.at[k] > 0.0f && g.at[k] != 0.0f);
        }
        const float any = block_max<threads_per_block>(found ? 1.0f : 0.0f);
        if (threadIdx.x == 0) through[item * gridDim.x + blockIdx.x] = any > 0.0f ? 1 : 0;
    }
}

// The same blocks. First they ask what all parts of their item found, a part per thread. Traffic: reads x and dy,
// writes dx, and reads it first to accumulate: 12 or 16 bytes per value in f32 for 2 flops. Bound by memory. dx may be
// dy itself: a thread reads its piece before it writes it.
template <bool accumulate, int n, class T>
__global__ void __launch_bounds__(threads_per_block)
    redirected_relu_backward_kernel(Pixels<const T> x, Pixels<const T> dy, Pixels<T> dx, Items items,
                                    const unsigned char* through) {
    for (std::int64_t item = blockIdx.y; item < items.count; item += gridDim.y) {
        const bool mine = threadIdx.x < gridDim.x && through[item * gridDim.x + threadIdx.x] != 0;
        const bool dead = !(block_max<threads_per_block>(mine ? 1.0f : 0.0f) > 0.0f);
        const Pixels<const T> in = item_of(x, items, item), from = item_of(dy, items, item);
        const Pixels<T> to = item_of(dx, items, item);
        for (auto i = first_element(); i < items.rows.pieces; i += grid_stride()) {
            Values<T, n> sum = {};
            if constexpr (accumulate) sum = load<n>(static_cast<const T*>(place<n>(to, items.rows, i)));
            const Values<T, n> at = load<n>(place<n>(in, items.rows, i)), g = load<n>(place<n>(from, items.rows, i));
#pragma unroll
            for (int k = 0; k < n; ++k) {
                const bool passes = dead ? !(at.at[k] < 0.0f && g.at[k] > 0.0f) : at.at[k] > 0.0f;
                sum.at[k] += passes ? g.at[k] : 0.0f;
            }
            store<n>(place<n>(to, items.rows, i), sum);
        }
    }
}

template <class T>
void backward(Pixels<const T> x, Pixels<const T> dy, Pixels<T> dx, const BatchShape& b, std::byte* scratch, Write write,
              Stream stream) {
    if (b.items == 0) return;
    auto* through = reinterpret_cast<unsigned char*>(scratch);
    const bool dense = x.stride == b.channels && dy.stride == b.channels && dx.stride == b.channels;
    // Each block of a part is whole, and each item within the 65535 that a grid has room for.
    const Grid grid{
        .blocks = {static_cast<unsigned>(b.parts()), static_cast<unsigned>(b.items < 1024 ? b.items : 1024)},
        .threads = threads_per_block};
    const auto with = [&]<int n>() {
        const Items items{b.items, b.pixels,
                          dense ? rows(1, b.pixels * b.channels, true, n) : rows(b.pixels, b.channels, false, n)};
        launch(gets_through_kernel<n, T>, grid, stream, x, dy, items, through);
        const auto kernel = write == Write::accumulate ? redirected_relu_backward_kernel<true, n, T>
                                                       : redirected_relu_backward_kernel<false, n, T>;
        launch(kernel, grid, stream, x, dy, dx, items, through);
    };
    // A dense item is one row; the next one has to begin on 16 bytes too.
    const auto fits = [&](auto tensor) {
        const std::int64_t row = b.pixels * b.channels;
        return dense ? vectors_fit(decltype(tensor){tensor.data, row}, row) : vectors_fit(tensor, b.channels);
    };
    if (fits(x) && fits(dy) && fits(dx))
        with.template operator()<per_vector<T>>();
    else
        with.template operator()<1>();
}

}  // namespace

void redirected_relu_backward(Pixels<const float> x, Pixels<const float> dy, Pixels<float> dx, const BatchShape& b,
                              std::byte* scratch, Write write, Stream stream) {
    backward(x, dy, dx, b, scratch, write, stream);
}
void redirected_relu_backward(Pixels<const bf16> x, Pixels<const bf16> dy, Pixels<bf16> dx, const BatchShape& b,
                              std::byte* scratch, Write write, Stream stream) {
    backward(x, dy, dx, b, scratch, write, stream);
}

}  // namespace gradus::kernels::GRADUS_CUDA
