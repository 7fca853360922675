#include "kernels/cuda/grid.cuh"
#include "kernels/cuda/vector.cuh"
#include "kernels/flip.h"

namespace gradus::kernels::GRADUS_CUDA {
namespace {

// Blocks along y of the grid take rows of y, threads along x the pieces of n contiguous channels in a row: a thread
// divides by the pieces of a pixel in 32 bits, a block by the height. Neighbors in a warp read neighboring pixels,
// backwards where columns turn round. Traffic: reads x, writes y once each, and reads y first to accumulate. Bound by
// memory.
template <bool accumulate, int n, class T>
__global__ void __launch_bounds__(threads_per_block) flip_kernel(Pixels<const T> x, Pixels<T> y, FlipShape s) {
    const unsigned per_pixel = static_cast<unsigned>(s.C / n), pieces = static_cast<unsigned>(s.W) * per_pixel;
    for (std::int64_t row = blockIdx.y; row < s.N * s.H; row += gridDim.y) {
        const std::int64_t h = row % s.H, from_row = s.rows ? row - h + (s.H - 1 - h) : row;
        for (unsigned i = blockIdx.x * blockDim.x + threadIdx.x; i < pieces; i += gridDim.x * blockDim.x) {
            const unsigned w = i / per_pixel, c = (i - w * per_pixel) * n;
            const std::int64_t from_w = s.columns ? s.W - 1 - w : w;
            Values<T, n> v = load<n>(x[from_row * s.W + from_w] + c);
            T* to = y[row * s.W + w] + c;
            if constexpr (accumulate) {
                const Values<T, n> kept = load<n>(static_cast<const T*>(to));
#pragma unroll
                for (int k = 0; k < n; ++k) v.at[k] += kept.at[k];
            }
            store<n>(to, v);
        }
    }
}

template <bool accumulate, class T>
void forward(Pixels<const T> x, Pixels<T> y, const FlipShape& s, Stream stream) {
    const auto with = [&]<int n>() {
        constexpr std::int64_t most = 65535;  // blocks along y
        const std::int64_t all = s.N * s.H, pieces = s.W * (s.C / n);
        const unsigned threads = pieces < threads_per_block ? static_cast<unsigned>((pieces + 31) / 32 * 32) : 256;
        launch(flip_kernel<accumulate, n, T>,
               {.blocks = {blocks_for(pieces, 64), static_cast<unsigned>(all < most ? all : most)}, .threads = threads},
               stream, x, y, s);
    };
    if (s.N * s.H * s.W * s.C == 0) return;
    if (vectors_fit(x, s.C) && vectors_fit(y, s.C))
        with.template operator()<per_vector<T>>();
    else
        with.template operator()<1>();
}

}  // namespace

#define PROVIDE(T)                                                                              \
    void flip(Pixels<const T> x, Pixels<T> y, const FlipShape& s, Write write, Stream stream) { \
        if (write == Write::accumulate)                                                         \
            forward<true>(x, y, s, stream);                                                     \
        else                                                                                    \
            forward<false>(x, y, s, stream);                                                    \
    }
PROVIDE(float)
PROVIDE(bf16)

}  // namespace gradus::kernels::GRADUS_CUDA
