#include "kernels/cuda/gather.cuh"
#include "kernels/cuda/sums.cuh"
#include "kernels/global_avg_pool.h"

namespace gradus::kernels::GRADUS_CUDA {
namespace {

constexpr int pieces_at_once = 8;  // 128 bytes of a pixel, a whole line

// One block per 8 pieces of n channels (x) of a picture (y). Neighboring threads take the pieces of a pixel, the next 8
// another pixel: 32 pixels at a time. The lanes' sums are added across each warp, and the warps' in their order.
// Traffic: reads x once, 4 bytes per value in f32 for 1 flop in f64 (the sums are long). Bound by memory.
template <int n, class T>
__global__ void __launch_bounds__(threads_per_block, 4)
    global_avg_pool_kernel(Pixels<const T> x, Pixels<T> y, std::int64_t pixels, std::int64_t C, double share) {
    constexpr int warps = threads_per_block / 32, pixels_at_once = threads_per_block / pieces_at_once;
    GRADUS_SHARED(double, of_warp, [warps][pieces_at_once][n]);
    const int thread = static_cast<int>(threadIdx.x), piece = thread % pieces_at_once;
    const std::int64_t c = (std::int64_t{blockIdx.x} * pieces_at_once + piece) * n;
    double sums[n] = {};
    if (c < C)
        for (std::int64_t p = thread / pieces_at_once; p < pixels; p += pixels_at_once) {
            const Values<T, n> v = load<n>(x[blockIdx.y * pixels + p] + c);
#pragma unroll
            for (int k = 0; k < n; ++k) sums[k] += static_cast<double>(v.at[k]);
        }
#pragma unroll
    for (int k = 0; k < n; ++k) {
#pragma unroll
        for (int step = pieces_at_once; step < 32; step *= 2) sums[k] += __shfl_xor_sync(0xffffffffu, sums[k], step);
        if (thread % 32 < pieces_at_once) of_warp[thread / 32][piece][k] = sums[k];
    }
    __syncthreads();
    if (thread >= pieces_at_once || c >= C) return;
    Values<T, n> mean;
#pragma unroll
    for (int k = 0; k < n; ++k) {
        for (int warp = 1; warp < warps; ++warp) sums[k] += of_warp[warp][piece][k];
        mean.at[k] = static_cast<float>(sums[k] * share);
    }
    store<n>(y[blockIdx.y] + c, mean);
}

template <class T>
void forward(Pixels<const T> x, Pixels<T> y, std::int64_t N, std::int64_t pixels, std::int64_t C, Stream stream) {
    const auto with = [&]<int n>() {
        const auto blocks = static_cast<unsigned>((C / n + pieces_at_once - 1) / pieces_at_once);
        launch(global_avg_pool_kernel<n, T>,
               {.blocks = {blocks, static_cast<unsigned>(N)}, .threads = threads_per_block}, stream, x, y, pixels, C,
               1.0 / static_cast<double>(pixels));
    };
    if (vectors_fit(x, C) && vectors_fit(y, C))
        with.template operator()<per_vector<T>>();
    else
        with.template operator()<1>();
}

// Each value of dx is its share of dy; gather.cuh says who writes it. dy stays in L1. Traffic: writes dx, and reads it
// first to accumulate: 4 or 8 bytes per value in f32 for 1 or 2 flops. Bound by memory.
template <class T>
struct Share {
    Pixels<const T> dy;
    float share;  // of a pixel

    template <int n>
    __device__ __forceinline__ Values<T, n> gather(const Spot& at) const {
        Values<T, n> v = load<n>(dy[at.picture] + at.channel);
#pragma unroll
        for (int k = 0; k < n; ++k) v.at[k] *= share;
        return v;
    }
};

}  // namespace

#define PROVIDE(T)                                                                                                 \
    void global_avg_pool(Pixels<const T> x, Pixels<T> y, std::int64_t N, std::int64_t pixels, std::int64_t C,      \
                         Stream stream) {                                                                          \
        forward(x, y, N, pixels, C, stream);                                                                       \
    }                                                                                                              \
    void global_avg_pool_backward(Pixels<const T> dy, Pixels<T> dx, std::int64_t N, std::int64_t pixels,           \
                                  std::int64_t C, Write write, Stream stream) {                                    \
        gather<Odd::across, per_vector<T>>(Share<T>{dy, 1.0f / static_cast<float>(pixels)}, dx, {N, 1, pixels, C}, \
                                           write, stream, dy);                                                     \
    }
PROVIDE(float)
PROVIDE(bf16)

}  // namespace gradus::kernels::GRADUS_CUDA
