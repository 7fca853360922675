#include "kernels/cuda/grid.cuh"
#include "kernels/lrn.h"

namespace gradus::kernels::GRADUS_CUDA {
namespace {

/// The options in the form that the kernels compute with.
struct Normalization {
    int half;  // channels on each side
    float share, beta, k;
};
Normalization normalization(const LrnOptions& o) {
    return {o.size / 2, static_cast<float>(o.alpha / o.size), static_cast<float>(o.beta), static_cast<float>(o.k)};
}

/// s = k + alpha/size * the sum of x^2 over the window around channel c.
template <class T>
__device__ __forceinline__ float scale_at(const T* x, std::int64_t c, std::int64_t channels, const Normalization& o) {
    const std::int64_t from = c > o.half ? c - o.half : 0, to = c + o.half < channels ? c + o.half : channels - 1;
    float squares = 0;
    for (std::int64_t i = from; i <= to; ++i) {
        const auto v = static_cast<float>(x[i]);
        squares = fmaf(v, v, squares);
    }
    return fmaf(o.share, squares, o.k);
}

/// s^-beta. Everybody's beta is 3/4: two square roots are then all it takes.
__device__ __forceinline__ float power(float s, float beta) {
    if (beta == 0.75f) {
        const float root = 1.0f / sqrtf(s);
        return root * sqrtf(root);
    }
    return powf(s, -beta);
}

// One thread per value, in a grid-stride loop; a warp reads 32 neighboring channels, and their windows from L1.
// Traffic: reads x, writes y, 8 bytes per value in f32; 2 size + 10 flops. Nothing but y is kept: the backward kernel
// computes s again. Bound by memory for the usual size of 5.
template <class T>
__global__ void __launch_bounds__(threads_per_block)
    lrn_kernel(Pixels<const T> x, Pixels<T> y, std::int64_t channels, Normalization o, std::int64_t all) {
    for (auto i = first_element(); i < all; i += grid_stride()) {
        const std::int64_t pixel = i / channels, c = i - pixel * channels;
        const T* from = x[pixel];
        y[pixel][c] = T(static_cast<float>(from[c]) * power(scale_at(from, c, channels, o), o.beta));
    }
}

/// Channels that a block finishes at a time.
constexpr int chunk = 256;

// A block takes some channels of one pixel at a time, in a block-stride loop. First its threads write dy x s^(-beta-1)
// of these channels and of half a window on each side into shared memory, a power per channel instead of one per
// channel and window; then each thread sums a window and finishes its channel. Traffic: reads x and dy, writes dx, and
// reads it first to accumulate: 12 or 16 bytes per value in f32, about 4 size + 20 flops. Bound by memory for a size
// of 5. Shared memory: chunk + 2 half floats.
template <bool accumulate, class T>
__global__ void __launch_bounds__(chunk)
    lrn_backward_kernel(Pixels<const T> x, Pixels<const T> dy, Pixels<T> dx, std::int64_t channels, Normalization o,
                        std::int64_t chunks, std::int64_t tasks) {
    GRADUS_DYNAMIC_SHARED(float, products);
    for (std::int64_t task = blockIdx.x; task < tasks; task += gridDim.x) {
        const std::int64_t pixel = task / chunks, first = (task - pixel * chunks) * chunk;
        const T *in = x[pixel], *gradient = dy[pixel];
        for (int i = static_cast<int>(threadIdx.x); i < chunk + 2 * o.half; i += static_cast<int>(blockDim.x)) {
            const std::int64_t c = first - o.half + i;
            float product = 0;
            if (c >= 0 && c < channels) {
                const float s = scale_at(in, c, channels, o);
                product = static_cast<float>(gradient[c]) * static_cast<float>(in[c]) * (power(s, o.beta) / s);
            }
            products[i] = product;
        }
        __syncthreads();
        for (int i = static_cast<int>(threadIdx.x); i < chunk; i += static_cast<int>(blockDim.x)) {
            const std::int64_t c = first + i;
            if (c >= channels) continue;
            float sum = 0;
            for (int j = 0; j <= 2 * o.half; ++j) sum += products[i + j];
            const float own = static_cast<float>(gradient[c]) * power(scale_at(in, c, channels, o), o.beta);
            const float others = 2 * o.share * o.beta * static_cast<float>(in[c]) * sum;
            T& to = dx[pixel][c];
            const float kept = accumulate ? static_cast<float>(to) : 0.0f;
            to = T(kept + (own - others));
        }
        __syncthreads();  // before the next task overwrites the products
    }
}

template <bool accumulate, class T>
void backward(Pixels<const T> x, Pixels<const T> dy, Pixels<T> dx, std::int64_t pixels, std::int64_t channels,
              const LrnOptions& options, Stream stream) {
    const Normalization o = normalization(options);
    const std::int64_t chunks = (channels + chunk - 1) / chunk, tasks = pixels * chunks;
    // Whole warps, and not more than there are channels.
    const std::int64_t threads = channels < chunk ? (channels + 31) / 32 * 32 : chunk;
    launch(lrn_backward_kernel<accumulate, T>,
           {.blocks = static_cast<unsigned>(tasks < most_blocks ? tasks : most_blocks),
            .threads = static_cast<unsigned>(threads),
            .shared = static_cast<std::size_t>(chunk + 2 * o.half) * sizeof(float)},
           stream, x, dy, dx, channels, o, chunks, tasks);
}

}  // namespace

#define PROVIDE(T)                                                                                                     \
    void lrn(Pixels<const T> x, Pixels<T> y, std::int64_t pixels, std::int64_t channels, const LrnOptions& options,    \
             Stream stream) {                                                                                          \
        const std::int64_t all = pixels * channels;                                                                    \
        launch(lrn_kernel<T>, {.blocks = blocks_for(all), .threads = threads_per_block}, stream, x, y, channels,       \
               normalization(options), all);                                                                           \
    }                                                                                                                  \
    void lrn_backward(Pixels<const T> x, Pixels<const T> dy, Pixels<T> dx, std::int64_t pixels, std::int64_t channels, \
                      const LrnOptions& options, Write write, Stream stream) {                                         \
        write == Write::accumulate ? backward<true>(x, dy, dx, pixels, channels, options, stream)                      \
                                   : backward<false>(x, dy, dx, pixels, channels, options, stream);                    \
    }
PROVIDE(float)
PROVIDE(bf16)

}  // namespace gradus::kernels::GRADUS_CUDA
