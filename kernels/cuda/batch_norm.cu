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

// What a thread does of the pixels: block (i, j) has the i-th share of them, for 32 channels from the 32 j-th on. A
// lane is a channel, so a warp reads neighbors, and the eight warps take turns.
struct Turns {
    std::int64_t channel, first, last, step = threads_per_block / 32;
    __device__ __forceinline__ explicit Turns(std::int64_t pixels) {
        const std::int64_t share = (pixels + gridDim.x - 1) / gridDim.x, begin = blockIdx.x * share;
        channel = static_cast<std::int64_t>(blockIdx.y) * 32 + threadIdx.x % 32;
        first = begin + threadIdx.x / 32;
        last = begin + share < pixels ? begin + share : pixels;
    }
};

// What is summed of a pixel's channel: x and its square, or g and g (x - mean).
template <class T>
struct Powers {
    Pixels<const T> x;
    __device__ __forceinline__ void operator()(const Channel&, std::int64_t i, std::int64_t c, double& one,
                                               double& other) const {
        const auto v = static_cast<double>(static_cast<float>(x[i][c]));
        one += v;
        other += v * v;
    }
    __device__ __forceinline__ Channel channel(std::int64_t) const { return {}; }
};
template <class T>
struct Slopes {
    Pixels<const T> x, dy;
    Channels channels;
    bool relu;
    __device__ __forceinline__ void operator()(const Channel& at, std::int64_t i, std::int64_t c, double& one,
                                               double& other) const {
        const auto v = static_cast<float>(x[i][c]);
        const float g = at.slope(v, static_cast<float>(dy[i][c]), relu);
        one += static_cast<double>(g);
        other += static_cast<double>(g) * static_cast<double>(v - at.mean);
    }
    __device__ __forceinline__ Channel channel(std::int64_t c) const { return channels[c]; }
};

// Each block adds up what its threads have of a channel. Traffic: reads each input once, 4 bytes a thread. Bound by
// memory.
template <class Of>
__global__ void __launch_bounds__(threads_per_block)
    share_sums_kernel(Of of, std::int64_t pixels, std::int64_t C, double* of_share) {
    constexpr int warps = threads_per_block / 32;
    GRADUS_SHARED(double, ones, [warps][32]);
    GRADUS_SHARED(double, others, [warps][32]);
    const int lane = static_cast<int>(threadIdx.x) % 32, warp = static_cast<int>(threadIdx.x) / 32;
    const Turns turns(pixels);
    const std::int64_t c = turns.channel;
    double one = 0, other = 0;
    if (c < C) {
        const Channel at = of.channel(c);
        for (std::int64_t i = turns.first; i < turns.last; i += turns.step) of(at, i, c, one, other);
    }
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

// The shares and lanes of share_sums_kernel: a thread keeps to a channel, whose square root it takes once. Traffic:
// reads x, writes y once, by 4 bytes (bf16: 2) a thread. Bound by memory.
template <class T>
__global__ void __launch_bounds__(threads_per_block)
    normalize_kernel(Pixels<const T> x, Channels channels, Pixels<T> y, std::int64_t pixels, bool relu) {
    const Turns turns(pixels);
    if (turns.channel >= channels.C) return;
    const Channel at = channels[turns.channel];
    for (std::int64_t i = turns.first; i < turns.last; i += turns.step) {
        const float v = (static_cast<float>(x[i][turns.channel]) - at.mean) * at.scale + at.beta;
        y[i][turns.channel] = T(relu && !(v > 0) ? 0.0f : v);
    }
}

// The same with dy, and what is added to: reads x and dy, writes dx.
template <class T>
__global__ void __launch_bounds__(threads_per_block)
    backward_kernel(Pixels<const T> x, Pixels<const T> dy, Channels channels, const float* sums, Pixels<T> dx,
                    std::int64_t pixels, bool relu, bool accumulate) {
    const Turns turns(pixels);
    const std::int64_t c = turns.channel;
    if (c >= channels.C) return;
    const Channel at = channels[c];
    const float mean_slope = sums[c], by_x = sums[channels.C + c] * at.root;
    for (std::int64_t i = turns.first; i < turns.last; i += turns.step) {
        const auto v = static_cast<float>(x[i][c]);
        const float g = at.slope(v, static_cast<float>(dy[i][c]), relu);
        const float d = at.scale * (g - mean_slope - (v - at.mean) * by_x);
        T& to = dx[i][c];
        to = T(accumulate ? static_cast<float>(to) + d : d);
    }
}

Grid grid_of(std::int64_t pixels, std::int64_t C) {
    return {.blocks = {static_cast<unsigned>(cuda_channel_shares(pixels, C)), static_cast<unsigned>((C + 31) / 32)},
            .threads = threads_per_block};
}

template <class Of>
std::int64_t sum_shares(const Of& of, std::int64_t pixels, std::int64_t C, double* of_share, Stream stream) {
    launch(share_sums_kernel<Of>, grid_of(pixels, C), stream, of, pixels, C, of_share);
    return cuda_channel_shares(pixels, C);
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
        launch(normalize_kernel<T>, grid_of(s.pixels, s.C), stream, x,                                                 \
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
        launch(backward_kernel<T>, grid_of(s.pixels, s.C), stream, x, dy,                                              \
               Channels{moments, gamma, beta, s.C, s.options.eps}, sums, dx, s.pixels, s.options.relu,                 \
               write == Write::accumulate);                                                                            \
    }
PROVIDE(float)
PROVIDE(bf16)

}  // namespace gradus::kernels::GRADUS_CUDA
