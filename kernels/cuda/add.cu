#include "kernels/add.h"
#include "kernels/cuda/pieces.cuh"

namespace gradus::kernels::GRADUS_CUDA {
namespace {

// One thread per piece of n contiguous values, in a grid-stride loop; neighbors in a warp read neighboring
// pieces. Traffic: reads a and b, writes y once each, 12 bytes per value in f32. 1 flop per 12 bytes: bound by memory.
// y may be a or b: a thread reads its piece before it writes it.
template <int n, class T>
__global__ void __launch_bounds__(threads_per_block)
    add_kernel(Pixels<const T> a, Pixels<const T> b, Pixels<T> y, Rows rows) {
    for (auto i = first_element(); i < rows.pieces; i += grid_stride()) {
        Values<T, n> sum = load<n>(place<n>(a, rows, i));
        const Values<T, n> other = load<n>(place<n>(b, rows, i));
#pragma unroll
        for (int k = 0; k < n; ++k) sum.at[k] += other.at[k];
        store<n>(place<n>(y, rows, i), sum);
    }
}

template <class T>
void sum(Pixels<const T> a, Pixels<const T> b, Pixels<T> y, std::int64_t pixels, std::int64_t channels, Stream stream) {
    const auto with = [&]<int n>(const Rows& all) {
        launch(add_kernel<n, T>, {.blocks = blocks_for(all.pieces), .threads = threads_per_block}, stream, a, b, y,
               all);
    };
    in_pieces<T>(pixels, channels, with, a, b, y);
}

}  // namespace

void add(Pixels<const float> a, Pixels<const float> b, Pixels<float> y, std::int64_t pixels, std::int64_t channels,
         Stream stream) {
    sum(a, b, y, pixels, channels, stream);
}
void add(Pixels<const bf16> a, Pixels<const bf16> b, Pixels<bf16> y, std::int64_t pixels, std::int64_t channels,
         Stream stream) {
    sum(a, b, y, pixels, channels, stream);
}

}  // namespace gradus::kernels::GRADUS_CUDA
