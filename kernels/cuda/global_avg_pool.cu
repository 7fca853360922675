#include "kernels/cuda/gather.cuh"
#include "kernels/cuda/sums.cuh"
#include "kernels/global_avg_pool.h"

namespace gradus::kernels::GRADUS_CUDA {
namespace {

constexpr int pieces_at_once = 8;  // 128 bytes of a pixel, a whole line

// One block per 8 pieces of n channels (x), share of `each` pixels (y) and picture (z). Neighboring threads take the
// pieces of a pixel, the next 8 another pixel: 32 pixels at a time, four times before the first is added. The lanes'
// sums are added across each warp, and the warps' in their order. With one share the mean goes to y, else the sum to
// `sums`, (N,C,shares). Traffic: reads x once, 4 bytes per value in f32 for 1 flop in f64 (the sums are long). Bound by
// memory.
template <int n, class T>
__global__ void __launch_bounds__(threads_per_block, 4)
    global_avg_pool_kernel(Pixels<const T> x, Pixels<T> y, double* sums, std::int64_t pixels, std::int64_t each,
                           std::int64_t C, double factor) {
    constexpr int warps = threads_per_block / 32, pixels_at_once = threads_per_block / pieces_at_once,
                  channels = pieces_at_once * n;
    GRADUS_SHARED(double, of_warp, [warps][channels]);
    const int thread = static_cast<int>(threadIdx.x), piece = thread % pieces_at_once;
    const std::int64_t left = C - std::int64_t{blockIdx.x} * channels, c = C - left, first = blockIdx.y * each;
    const auto count = static_cast<int>(first + each < pixels ? each : pixels - first);  // less than 1 beyond the last
    double sum[n] = {};
    if (piece * n < left) {
        const T* from = x[blockIdx.z * pixels + first] + c + piece * n;
#pragma unroll 4
        for (int p = thread / pieces_at_once; p < count; p += pixels_at_once) {
            const Values<T, n> v = load<n>(from + p * x.stride);
#pragma unroll
            for (int k = 0; k < n; ++k) sum[k] += static_cast<double>(v.at[k]);
        }
    }
#pragma unroll
    for (int k = 0; k < n; ++k) {
#pragma unroll
        for (int step = pieces_at_once; step < 32; step *= 2) sum[k] += __shfl_xor_sync(0xffffffffu, sum[k], step);
        if (thread % 32 < pieces_at_once) of_warp[thread / 32][piece * n + k] = sum[k];
    }
    __syncthreads();
    if (thread >= channels || thread >= left) return;  // from here on a thread per channel
    double all = of_warp[0][thread];
#pragma unroll
    for (int warp = 1; warp < warps; ++warp) all += of_warp[warp][thread];
    if (gridDim.y == 1)
        y[blockIdx.z][c + thread] = T(static_cast<float>(all * factor));
    else
        sums[(blockIdx.z * C + c + thread) * gridDim.y + blockIdx.y] = all;
}

// One warp per value of y: lane l adds the sums of the shares l, l + 32, ..., and the lanes' are added in a fixed
// order. Traffic: reads the sums, at most 135 kB for 32 channels, out of the L2 cache. Bound by the start of the
// kernel.
template <class T>
__global__ void __launch_bounds__(threads_per_block)
    global_avg_pool_shares_kernel(const double* sums, Pixels<T> y, std::int64_t values, std::int64_t C,
                                  std::int64_t shares, double factor) {
    const std::int64_t i = first_element() / 32;
    if (i >= values) return;
    double sum = 0;
#pragma unroll 4
    for (std::int64_t s = threadIdx.x % 32; s < shares; s += 32) sum += sums[i * shares + s];
    sum = warp_sum(sum);
    if (threadIdx.x % 32 == 0) y[i / C][i % C] = T(static_cast<float>(sum * factor));
}

template <class T>
void forward(Pixels<const T> x, Pixels<T> y, std::int64_t N, std::int64_t pixels, std::int64_t C, std::byte* scratch,
             Stream stream) {
    auto* sums = reinterpret_cast<double*>(scratch);
    const std::int64_t shares = cuda_global_avg_pool_shares(N, pixels, C);
    const double factor = 1.0 / static_cast<double>(pixels);
    const auto with = [&]<int n>() {
        constexpr std::int64_t channels = pieces_at_once * n;
        const auto blocks = static_cast<unsigned>((C + channels - 1) / channels);
        launch(
            global_avg_pool_kernel<n, T>,
            {.blocks = {blocks, static_cast<unsigned>(shares), static_cast<unsigned>(N)}, .threads = threads_per_block},
            stream, x, y, sums, pixels, (pixels + shares - 1) / shares, C, factor);
    };
    if (vectors_fit(x, C))
        with.template operator()<per_vector<T>>();
    else
        with.template operator()<1>();
    if (shares == 1) return;
    const std::int64_t values = N * C, of_block = threads_per_block / 32;
    launch(global_avg_pool_shares_kernel<T>,
           {.blocks = static_cast<unsigned>((values + of_block - 1) / of_block), .threads = threads_per_block}, stream,
           sums, y, values, C, shares, factor);
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
                         std::byte* scratch, Stream stream) {                                                      \
        forward(x, y, N, pixels, C, scratch, stream);                                                              \
    }                                                                                                              \
    void global_avg_pool_backward(Pixels<const T> dy, Pixels<T> dx, std::int64_t N, std::int64_t pixels,           \
                                  std::int64_t C, Write write, Stream stream) {                                    \
        gather<Odd::across, per_vector<T>>(Share<T>{dy, 1.0f / static_cast<float>(pixels)}, dx, {N, 1, pixels, C}, \
                                           write, stream, dy);                                                     \
    }
PROVIDE(float)
PROVIDE(bf16)

}  // namespace gradus::kernels::GRADUS_CUDA
