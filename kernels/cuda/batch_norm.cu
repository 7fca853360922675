#include "kernels/batch_norm.h"
#include "kernels/cuda/channel_shares.cuh"

namespace gradus::kernels::GRADUS_CUDA {
namespace {

// What the kernels know of a channel.
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

// What backward_kernel knows besides: the mean slope, and what the distance from the mean is multiplied by.
struct BackwardChannel : Channel {
    float mean_slope, by_x;
};
struct BackwardChannels : Channels {
    const float* sums;
    __device__ __forceinline__ BackwardChannel operator[](std::int64_t c) const {
        const Channel at = Channels::operator[](c);
        return {at, sums[c], sums[C + c] * at.root};
    }
};

// What is known of a thread's channels. A root and a division cost hundreds of instructions: each thread of the block
// does those of one channel, and takes its own n from shared memory.
template <int n, class Of, class At>
__device__ __forceinline__ void look_up(const Of& channels, const Turns<n>& turns, const ChannelCut& cut, At (&at)[n]) {
    GRADUS_SHARED(At, of_group, [cuda_channel_group]);
    const std::int64_t first = std::int64_t{blockIdx.x} * cut.group, mine = first + threadIdx.x;
    if (static_cast<int>(threadIdx.x) < cut.group && mine < cut.channels) of_group[threadIdx.x] = channels[mine];
    __syncthreads();
    if (turns.channel >= cut.channels) return;
#pragma unroll
    for (int k = 0; k < n; ++k) at[k] = of_group[turns.channel - first + k];
}

// ---- sums over the pixels ----

// The cut of channel_shares.cuh: a thread sums its channels' values and their squares in double, four loads ahead, then
// the block adds its rows' sums. Traffic: reads x once, 4 bytes per value in f32 for 3 flops in double and a
// conversion. Bound by memory.
template <int n, class T>
__global__ void __launch_bounds__(threads_per_block, n == 8 ? 3 : 4)
    share_powers_kernel(Pixels<const T> x, ChannelCut cut, double* of_share) {
    constexpr int ahead = loads_ahead<n>;
    const Turns<n> turns(cut);
    double sums[2][n] = {};
    for (auto i = turns.first; i < turns.last; i += ahead * turns.rows) {
        Values<T, n> v[ahead];
        turns.load_ahead(x, i, v);
#pragma unroll
        for (int j = 0; j < ahead; ++j) {
            if (!turns.has(i, j)) break;
#pragma unroll
            for (int k = 0; k < n; ++k) {
                const auto at = static_cast<double>(v[j].at[k]);
                sums[0][k] += at;
                sums[1][k] += at * at;
            }
        }
    }
    write_sums(sums, turns, cut, of_share);
}

// The same for g and g (x - mean), two loads of both tensors ahead. What these loads bring of a channel is added up in
// f32 first: conversions to double, 16 of a clock, would take as long as the memory. Traffic: reads x and dy once, 8
// bytes per value in f32 for some 8 flops, and one addition in double and one conversion. Bound by memory.
template <int n, class T>
__global__ void __launch_bounds__(threads_per_block, n == 8 ? 2 : 3)
    share_slopes_kernel(Pixels<const T> x, Pixels<const T> dy, Channels channels, bool relu, ChannelCut cut,
                        double* of_share) {
    constexpr int ahead = loads_ahead<n> / 2;
    const Turns<n> turns(cut);
    Channel at[n] = {};
    look_up(channels, turns, cut, at);
    double sums[2][n] = {};
    for (auto i = turns.first; i < turns.last; i += ahead * turns.rows) {
        Values<T, n> v[ahead], d[ahead];
        turns.load_ahead(x, i, v);
        turns.load_ahead(dy, i, d);
#pragma unroll
        for (int k = 0; k < n; ++k) {
            float one = 0, other = 0;
#pragma unroll
            for (int j = 0; j < ahead; ++j) {
                const float slope = at[k].slope(v[j].at[k], d[j].at[k], relu), g = turns.has(i, j) ? slope : 0.0f;
                one += g;
                other += g * (v[j].at[k] - at[k].mean);
            }
            sums[0][k] += static_cast<double>(one);
            sums[1][k] += static_cast<double>(other);
        }
    }
    write_sums(sums, turns, cut, of_share);
}

// 32 threads per channel add the shares. At most an eighth of what was read before.
__global__ void __launch_bounds__(threads_per_block)
    moments_kernel(const double* of_share, std::int64_t shares, std::int64_t pixels, std::int64_t C, float* y) {
    double sum[2] = {};
    const std::int64_t c = add_shares(of_share, shares, C, sum);
    if (c < 0) return;
    const double mean = sum[0] / static_cast<double>(pixels);
    const double variance = sum[1] / static_cast<double>(pixels) - mean * mean;
    y[c] = static_cast<float>(mean);
    y[C + c] = static_cast<float>(variance > 0 ? variance : 0);
}
__global__ void __launch_bounds__(threads_per_block)
    slope_means_kernel(const double* of_share, std::int64_t shares, std::int64_t pixels, Channels channels, float* y) {
    const std::int64_t C = channels.C;
    double sum[2] = {};
    const std::int64_t c = add_shares(of_share, shares, C, sum);
    if (c < 0) return;
    y[c] = static_cast<float>(sum[0] / static_cast<double>(pixels));
    y[C + c] = static_cast<float>(sum[1] * static_cast<double>(channels[c].root) / static_cast<double>(pixels));
}

// ---- pixel by pixel ----

// The same cut: a thread keeps what is known of its channels in registers, and takes four pixels at a time. Traffic:
// reads x, writes y once, 8 bytes per value in f32 for 4 flops. Bound by memory.
template <int n, class T>
__global__ void __launch_bounds__(threads_per_block, n == 8 ? 3 : 4)
    normalize_kernel(Pixels<const T> x, Channels channels, Pixels<T> y, bool relu, ChannelCut cut) {
    constexpr int ahead = loads_ahead<n>;
    const Turns<n> turns(cut);
    Channel at[n] = {};
    look_up(channels, turns, cut, at);
    for (auto i = turns.first; i < turns.last; i += ahead * turns.rows) {
        Values<T, n> v[ahead];
        turns.load_ahead(x, i, v);
#pragma unroll
        for (int j = 0; j < ahead; ++j) {
#pragma unroll
            for (int k = 0; k < n; ++k) {
                const float made = (v[j].at[k] - at[k].mean) * at[k].scale + at[k].beta;
                v[j].at[k] = relu && !(made > 0) ? 0.0f : made;
            }
            if (turns.has(i, j)) store<n>(y[i + j * turns.rows] + turns.channel, v[j]);
        }
    }
}

// The same with dy, and what is added to, two pixels at a time. Traffic: reads x and dy, writes dx, and reads it first
// to accumulate: 12 or 16 bytes per value in f32 for some 10 flops. Bound by memory. dx may be dy.
template <int n, class T>
__global__ void __launch_bounds__(threads_per_block, n == 8 ? 2 : 4)
    backward_kernel(Pixels<const T> x, Pixels<const T> dy, BackwardChannels channels, Pixels<T> dx, bool relu,
                    bool accumulate, ChannelCut cut) {
    constexpr int ahead = loads_ahead<n> / 2;
    const Turns<n> turns(cut);
    BackwardChannel at[n] = {};
    look_up(channels, turns, cut, at);
    for (auto i = turns.first; i < turns.last; i += ahead * turns.rows) {
        Values<T, n> v[ahead], d[ahead], sum[ahead] = {};
        turns.load_ahead(x, i, v);
        turns.load_ahead(dy, i, d);
        if (accumulate) turns.load_ahead(Pixels<const T>{dx.data, dx.stride}, i, sum);
#pragma unroll
        for (int j = 0; j < ahead; ++j) {
#pragma unroll
            for (int k = 0; k < n; ++k) {
                const float g = at[k].slope(v[j].at[k], d[j].at[k], relu);
                sum[j].at[k] += at[k].scale * (g - at[k].mean_slope - (v[j].at[k] - at[k].mean) * at[k].by_x);
            }
            if (turns.has(i, j)) store<n>(dx[i + j * turns.rows] + turns.channel, sum[j]);
        }
    }
}

// ---- launches ----

/// Calls with<n>(cut), where there are channels: n values are 16 bytes of T where they lie so in all of the tensors,
/// else one.
template <class T, class F, class... Tensors>
void in_channel_pieces(std::int64_t pixels, std::int64_t C, std::int64_t shares, const F& with, Tensors... tensors) {
    constexpr int n = per_vector<T>;
    if (C == 0) return;
    if ((vectors_fit(tensors, C) && ...))
        with.template operator()<n>(channel_cut<n>(pixels, C, shares));
    else
        with.template operator()<1>(channel_cut<1>(pixels, C, shares));
}

// Twice the blocks that run at once: nothing is kept of them, and those that wait fill the gaps.
std::int64_t elementwise_shares(const BatchNormShape& s) { return cuda_channel_shares(s.pixels, s.C, 1024); }

template <class T>
void moments_of(Pixels<const T> x, float* y, std::int64_t pixels, std::int64_t C, std::byte* scratch, Stream stream) {
    auto* of_share = reinterpret_cast<double*>(scratch);
    const std::int64_t shares = cuda_channel_shares(pixels, C);
    const auto with = [&]<int n>(const ChannelCut& cut) {
        launch(share_powers_kernel<n, T>, cut.grid(), stream, x, cut, of_share);
    };
    in_channel_pieces<T>(pixels, C, shares, with, x);
    launch(moments_kernel, grid_of_totals(C), stream, of_share, shares, pixels, C, y);
}

template <class T>
void normalize(Pixels<const T> x, const Channels& channels, Pixels<T> y, const BatchNormShape& s, Stream stream) {
    const auto with = [&]<int n>(const ChannelCut& cut) {
        launch(normalize_kernel<n, T>, cut.grid(), stream, x, channels, y, s.options.relu, cut);
    };
    in_channel_pieces<T>(s.pixels, s.C, elementwise_shares(s), with, x, y);
}

template <class T>
void slope_means(Pixels<const T> x, Pixels<const T> dy, const Channels& channels, float* sums, const BatchNormShape& s,
                 std::byte* scratch, Stream stream) {
    auto* of_share = reinterpret_cast<double*>(scratch);
    const std::int64_t shares = cuda_channel_shares(s.pixels, s.C);
    const auto with = [&]<int n>(const ChannelCut& cut) {
        launch(share_slopes_kernel<n, T>, cut.grid(), stream, x, dy, channels, s.options.relu, cut, of_share);
    };
    in_channel_pieces<T>(s.pixels, s.C, shares, with, x, dy);
    if (s.C == 0) return;
    launch(slope_means_kernel, grid_of_totals(s.C), stream, of_share, shares, s.pixels, channels, sums);
}

template <class T>
void backward(Pixels<const T> x, Pixels<const T> dy, const BackwardChannels& channels, Pixels<T> dx,
              const BatchNormShape& s, Write write, Stream stream) {
    const auto with = [&]<int n>(const ChannelCut& cut) {
        launch(backward_kernel<n, T>, cut.grid(), stream, x, dy, channels, dx, s.options.relu,
               write == Write::accumulate, cut);
    };
    in_channel_pieces<T>(s.pixels, s.C, elementwise_shares(s), with, x, dy, dx);
}

}  // namespace

#define PROVIDE(T)                                                                                                     \
    void channel_moments(Pixels<const T> x, float* y, std::int64_t pixels, std::int64_t C, std::byte* scratch,         \
                         Stream stream) {                                                                              \
        moments_of(x, y, pixels, C, scratch, stream);                                                                  \
    }                                                                                                                  \
    void batch_norm(Pixels<const T> x, const float* moments, const float* gamma, const float* beta, Pixels<T> y,       \
                    const BatchNormShape& s, Stream stream) {                                                          \
        normalize(x, {moments, gamma, beta, s.C, s.options.eps}, y, s, stream);                                        \
    }                                                                                                                  \
    void batch_norm_sums(Pixels<const T> x, Pixels<const T> dy, const float* moments, const float* gamma,              \
                         const float* beta, float* sums, const BatchNormShape& s, std::byte* scratch, Stream stream) { \
        slope_means(x, dy, {moments, gamma, beta, s.C, s.options.eps}, sums, s, scratch, stream);                      \
    }                                                                                                                  \
    void batch_norm_backward(Pixels<const T> x, Pixels<const T> dy, const float* moments, const float* gamma,          \
                             const float* beta, const float* sums, Pixels<T> dx, const BatchNormShape& s, Write write, \
                             Stream stream) {                                                                          \
        backward(x, dy, {{moments, gamma, beta, s.C, s.options.eps}, sums}, dx, s, write, stream);                     \
    }
PROVIDE(float)
PROVIDE(bf16)

}  // namespace gradus::kernels::GRADUS_CUDA
