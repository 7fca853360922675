#include "kernels/batch_norm.h"
#include "kernels/cuda/grid.cuh"

namespace gradus::kernels::GRADUS_CUDA {
namespace {

// What the kernels know of a pixel's channel.
struct Channel {
    float mean, root, scale, beta;
    __device__ __forceinline__ float slope(float x, float dy, bool relu) const {
        return relu && !((x - mean) * scale + beta > 0) ? 0.0f : dy;
    }
};

struct Channels {
    const float *moments, *gamma, *beta;
    std::int64_t C;
    double eps;
    __device__ __forceinline__ Channel operator[](std::int64_t c) const {
        const float root = batch_norm_scale(moments[C + c], 1.0f, eps);
        return {moments[c], root, batch_norm_scale(moments[C + c], gamma[c], eps), beta[c]};
    }
};

// What is summed of a pixel's channel: x and its square, or g and g (x - mean).
template <class T>
struct Powers {
    Pixels<const T> x;
    __device__ __forceinline__ void operator()(std::int64_t i, std::int64_t c, double& one, double& other) const {
        const auto v = static_cast<double>(static_cast<float>(x[i][c]));
        one += v;
        other += v * v;
    }
};
template <class T>
struct Slopes {
    Pixels<const T> x, dy;
    Channels channels;
    bool relu;
    __device__ __forceinline__ void operator()(std::int64_t i, std::int64_t c, double& one, double& other) const {
        const Channel at = channels[c];
        const auto v = static_cast<float>(x[i][c]);
        const float g = at.slope(v, static_cast<float>(dy[i][c]), relu);
        one += static_cast<double>(g);
        other += static_cast<double>(g) * static_cast<double>(v - at.mean);
    }
};

// Block (i, j) sums the i-th share of the pixels for 32 channels from the 32 j-th on: a lane is a channel, so a warp
// reads neighbors, and the eight warps take turns. Traffic: reads each input once, 4 bytes a thread. Bound by memory.
template <class Of>
__global__ void __launch_bounds__(threads_per_block)
    share_sums_kernel(Of of, std::int64_t pixels, std::int64_t C, double* of_share) {
    constexpr int warps = threads_per_block / 32;
    GRADUS_SHARED(double, ones, [warps][32]);
    GRADUS_SHARED(double, others, [warps][32]);
    const int lane = static_cast<int>(threadIdx.x) % 32, warp = static_cast<int>(threadIdx.x) / 32;
    const std::int64_t c = static_cast<std::int64_t>(blockIdx.y) * 32 + lane;
    const std::int64_t share = (pixels + gridDim.x - 1) / gridDim.x, first = blockIdx.x * share;
    const std::int64_t last = first + share < pixels ? first + share : pixels;
    double one = 0, other = 0;
    if (c < C)
        for (std::int64_t i = first + warp; i < last; i += warps) of(i, c, one, other);
    ones[warp][lane] = one;
    others[warp][lane] = other;
    __syncthreads();
    if (warp != 0 || c >= C) return;
#pragma unroll
    for (int w = 1; w < warps; ++w) {
        one += ones[w][lane];
        other += others[w][lane];
    }
    of_share[blockIdx.x * 2 * C + c] = one;
    of_share[(blockIdx.x * 2 + 1) * C + c] = other;
}

// One thread per channel adds the shares in order: little beside what was read before.
__global__ void __launch_bounds__(threads_per_block)
    moments_kernel(const double* of_share, std::int64_t shares, std::int64_t pixels, std::int64_t C, float* y) {
    for (auto c = first_element(); c < C; c += grid_stride()) {
        double one = 0, other = 0;
        for (std::int64_t i = 0; i < shares; ++i) {
            one += of_share[2 * i * C + c];
            other += of_share[(2 * i + 1) * C + c];
        }
        const double mean = one / static_cast<double>(pixels);
        const double variance = other / static_cast<double>(pixels) - mean * mean;
        y[c] = static_cast<float>(mean);
        y[C + c] = static_cast<float>(variance > 0 ? variance : 0);
    }
}
__global__ void __launch_bounds__(threads_per_block)
    slope_means_kernel(const double* of_share, std::int64_t shares, std::int64_t pixels, Channels channels, float* y) {
    const std::int64_t C = channels.C;
    for (auto c = first_element(); c < C; c += grid_stride()) {
        double one = 0, other = 0;
        for (std::int64_t i = 0; i < shares; ++i) {
            one += of_share[2 * i * C + c];
            other += of_share[(2 * i + 1) * C + c];
        }
        y[c] = static_cast<float>(one / static_cast<double>(pixels));
        y[C + c] = static_cast<float>(other * static_cast<double>(channels[c].root) / static_cast<double>(pixels));
    }
}

template <class Of>
std::int64_t sum_shares(const Of& of, std::int64_t pixels, std::int64_t C, double* of_share, Stream stream) {
    const std::int64_t shares = cuda_channel_shares(pixels, C);
    launch(
        share_sums_kernel<Of>,
        {.blocks = {static_cast<unsigned>(shares), static_cast<unsigned>((C + 31) / 32)}, .threads = threads_per_block},
        stream, of, pixels, C, of_share);
    return shares;
}

// One thread per value, its channel's numbers out of L1. Traffic: reads x, writes y once, by 4 bytes (bf16: 2) a
// thread. Bound by memory, as far as the square root of each value lets it.
template <class T>
__global__ void __launch_bounds__(threads_per_block)
    normalize_kernel(Pixels<const T> x, Channels channels, Pixels<T> y, std::int64_t pixels, bool relu) {
    for (auto t = first_element(); t < pixels * channels.C; t += grid_stride()) {
        const std::int64_t i = t / channels.C, c = t - i * channels.C;
        const Channel at = channels[c];
        const float v = (static_cast<float>(x[i][c]) - at.mean) * at.scale + at.beta;
        y[i][c] = T(relu && !(v > 0) ? 0.0f : v);
    }
}

// The same with dy, and what is added to: reads x and dy, writes dx.
template <class T>
__global__ void __launch_bounds__(threads_per_block)
    backward_kernel(Pixels<const T> x, Pixels<const T> dy, Channels channels, const float* sums, Pixels<T> dx,
                    std::int64_t pixels, bool relu, bool accumulate) {
    for (auto t = first_element(); t < pixels * channels.C; t += grid_stride()) {
        const std::int64_t i = t / channels.C, c = t - i * channels.C;
        const Channel at = channels[c];
        const auto v = static_cast<float>(x[i][c]);
        const float g = at.slope(v, static_cast<float>(dy[i][c]), relu);
        const float d = at.scale * (g - sums[c] - (v - at.mean) * (sums[channels.C + c] * at.root));
        T& to = dx[i][c];
        to = T(accumulate ? static_cast<float>(to) + d : d);
    }
}

}  // namespace

#define PROVIDE(T)                                                                                                     \
    void channel_moments(Pixels<const T> x, float* y, std::int64_t pixels, std::int64_t C, std::byte* scratch,         \
                         Stream stream) {                                                                              \
        auto* of_share = reinterpret_cast<double*>(scratch);                                                           \
        const std::int64_t shares = sum_shares(Powers<T>{x}, pixels, C, of_share, stream);                             \
        launch(moments_kernel, {.blocks = blocks_for(C), .threads = threads_per_block}, stream, of_share, shares,      \
               pixels, C, y);                                                                                          \
    }                                                                                                                  \
    void batch_norm(Pixels<const T> x, const float* moments, const float* gamma, const float* beta, Pixels<T> y,       \
                    const BatchNormShape& s, Stream stream) {                                                          \
        launch(normalize_kernel<T>, {.blocks = blocks_for(s.pixels * s.C), .threads = threads_per_block}, stream, x,   \
               Channels{moments, gamma, beta, s.C, s.options.eps}, y, s.pixels, s.options.relu);                       \
    }                                                                                                                  \
    void batch_norm_sums(Pixels<const T> x, Pixels<const T> dy, const float* moments, const float* gamma,              \
                         const float* beta, float* sums, const BatchNormShape& s, std::byte* scratch, Stream stream) { \
        auto* of_share = reinterpret_cast<double*>(scratch);                                                           \
        const Channels channels{moments, gamma, beta, s.C, s.options.eps};                                             \
        const std::int64_t shares =                                                                                    \
            sum_shares(Slopes<T>{x, dy, channels, s.options.relu}, s.pixels, s.C, of_share, stream);                   \
        launch(slope_means_kernel, {.blocks = blocks_for(s.C), .threads = threads_per_block}, stream, of_share,        \
               shares, s.pixels, channels, sums);                                                                      \
    }                                                                                                                  \
    void batch_norm_backward(Pixels<const T> x, Pixels<const T> dy, const float* moments, const float* gamma,          \
                             const float* beta, const float* sums, Pixels<T> dx, const BatchNormShape& s, Write write, \
                             Stream stream) {                                                                          \
        launch(backward_kernel<T>, {.blocks = blocks_for(s.pixels * s.C), .threads = threads_per_block}, stream, x,    \
               dy, Channels{moments, gamma, beta, s.C, s.options.eps}, sums, dx, s.pixels, s.options.relu,             \
               write == Write::accumulate);                                                                            \
    }
PROVIDE(float)
PROVIDE(bf16)

}  // namespace gradus::kernels::GRADUS_CUDA
