#include "kernels/cuda/gather.cuh"
#include "kernels/cuda/lrn_windows.cuh"
#include "kernels/lrn.h"

namespace gradus::kernels::GRADUS_CUDA {
namespace {

// gather.cuh says who writes which values of y. Traffic: reads x, and the pieces before and after from L1, writes y, 8
// bytes per value in f32; 2 size + 10 flops. Nothing but y is kept: the backward kernel computes s again. Bound by
// memory for the usual size of 5.
template <class T, int half>  // of the window, usually 2; 0: any
struct Normalized {
    Pixels<const T> x;
    Normalization o;
    int channels;

    template <int n>
    __device__ __forceinline__ Values<T, n> gather(const Spot& at) const {
        const T* from = x[at.column];
        Values<T, n> v = load<n>(from + at.channel);
        float s[n];
        if constexpr (n == 1)
            s[0] = scale(from, at.channel, channels, o);
        else
            scales<n>(from, at.channel, channels, with_half<half>(o), v, s);
#pragma unroll
        for (int k = 0; k < n; ++k) v.at[k] *= powers(s[k], o.beta).own;
        return v;
    }
};

constexpr int inner = 30;  // pieces that a warp finishes at a time

// A warp takes 30 neighboring pieces, and with its outer lanes the ones before and after. Each lane computes dy x
// s^(-beta-1) of its channels, a power per channel instead of one per channel and window, asks the lanes beside it for
// theirs, and sums its windows. Traffic: reads x and dy, writes dx, and reads it first to accumulate: 12 or 16 bytes
// per value in f32, about 4 size + 20 flops. Bound by memory for a size of 5.
template <int n, int half, class T>
__global__ void __launch_bounds__(threads_per_block)
    lrn_backward_kernel(Pixels<const T> x, Pixels<const T> dy, Pixels<T> dx, Normalization any, int channels,
                        std::int64_t pieces, bool accumulate) {
    const Normalization o = with_half<half>(any);
    const int lane = static_cast<int>(threadIdx.x) % 32;
    const auto per_pixel = static_cast<std::int64_t>(channels / n);
    for (std::int64_t first = first_element() / 32 * inner; first < pieces; first += grid_stride() / 32 * inner) {
        const std::int64_t piece = first + lane - 1;
        const bool there = piece >= 0 && piece < pieces;
        const std::int64_t pixel = there ? piece / per_pixel : 0;
        const int c = there ? static_cast<int>(piece - pixel * per_pixel) * n : 0;
        const Values<T, n> in = load<n>(x[pixel] + c), gradient = load<n>(dy[pixel] + c);
        float s[n], own[n];
        scales<n>(x[pixel], c, channels, o, in, s);
        Around<n> products;
#pragma unroll
        for (int k = 0; k < n; ++k) {
            const Powers p = powers(s[k], o.beta);
            own[k] = p.own;
            products.at[n + k] = gradient.at[k] * in.at[k] * p.next;
        }
#pragma unroll
        for (int k = 0; k < n; ++k) {  // of a window that the compiler knows, only what it reaches
            products.at[k] = products.at[2 * n + k] = 0;
            if (half == 0 || k >= n - half) {
                const float before = __shfl_up_sync(0xffffffffu, products.at[n + k], 1);
                products.at[k] = c > 0 ? before : 0.0f;
            }
            if (half == 0 || k < half) {
                const float after = __shfl_down_sync(0xffffffffu, products.at[n + k], 1);
                products.at[2 * n + k] = c + n < channels ? after : 0.0f;
            }
        }
        if (!there || lane == 0 || lane > inner) continue;
        float sum[n];
        sum_windows<n>(products, o.half, sum);
        T* to = dx[pixel] + c;
        Values<T, n> v = {};
        if (accumulate) v = load<n>(static_cast<const T*>(to));
#pragma unroll
        for (int k = 0; k < n; ++k) v.at[k] += gradient.at[k] * own[k] - 2 * o.share * o.beta * in.at[k] * sum[k];
        store<n>(to, v);
    }
}

// One thread per value, for any number of channels and any window: a power per channel and window, and everything but
// the first from L1.
template <class T>
struct Slope {
    Pixels<const T> x, dy;
    Normalization o;
    int channels;

    template <int n>
    __device__ __forceinline__ Values<T, n> gather(const Spot& at) const {
        static_assert(n == 1, "one value");
        const T *in = x[at.column], *gradient = dy[at.column];
        const int c = at.channel;
        float sum = 0, own = 0;
        for (int i = c > o.half ? c - o.half : 0; i <= c + o.half && i < channels; ++i) {
            const Powers p = powers(scale(in, i, channels, o), o.beta);
            const auto g = static_cast<float>(gradient[i]);
            sum += g * static_cast<float>(in[i]) * p.next;
            if (i == c) own = g * p.own;
        }
        return {{own - 2 * o.share * o.beta * static_cast<float>(in[c]) * sum}};
    }
};

template <class T>
void forward(Pixels<const T> x, Pixels<T> y, std::int64_t pixels, std::int64_t channels, const Normalization& o,
             Stream stream) {
    const auto with = [&]<int half, int most>() {
        gather<Odd::single, most>(Normalized<T, half>{x, o, static_cast<int>(channels)}, y, {1, 1, pixels, channels},
                                  Write::overwrite, stream, x);
    };
    if (!near<T>(o))
        with.template operator()<0, 1>();
    else if (o.half == 2)
        with.template operator()<2, per_vector<T>>();
    else
        with.template operator()<0, per_vector<T>>();
}

template <class T>
void backward(Pixels<const T> x, Pixels<const T> dy, Pixels<T> dx, std::int64_t pixels, std::int64_t channels,
              const Normalization& o, Write write, Stream stream) {
    constexpr int n = per_vector<T>;
    if (vectors_fit(x, channels) && vectors_fit(dy, channels) && vectors_fit(dx, channels) && near<T>(o)) {
        const std::int64_t pieces = pixels * channels / n, lanes = (pieces + inner - 1) / inner * 32;
        launch(o.half == 2 ? lrn_backward_kernel<n, 2, T> : lrn_backward_kernel<n, 0, T>,
               {.blocks = blocks_for(lanes), .threads = threads_per_block}, stream, x, dy, dx, o, channels, pieces,
               write == Write::accumulate);
    } else {
        gather<Odd::single, 1>(Slope<T>{x, dy, o, static_cast<int>(channels)}, dx, {1, 1, pixels, channels}, write,
                               stream);
    }
}

}  // namespace

#define PROVIDE(T)                                                                                                     \
    void lrn(Pixels<const T> x, Pixels<T> y, std::int64_t pixels, std::int64_t channels, const LrnOptions& options,    \
             Stream stream) {                                                                                          \
        forward(x, y, pixels, channels, normalization(options), stream);                                               \
    }                                                                                                                  \
    void lrn_backward(Pixels<const T> x, Pixels<const T> dy, Pixels<T> dx, std::int64_t pixels, std::int64_t channels, \
                      const LrnOptions& options, Write write, Stream stream) {                                         \
        backward(x, dy, dx, pixels, channels, normalization(options), write, stream);                                  \
    }
PROVIDE(float)
PROVIDE(bf16)

}  // namespace gradus::kernels::GRADUS_CUDA
