#pragma once
// What local response normalization divides by: sums over the channels around a channel, for one or for 16 bytes of
// them.
#include "kernels/cuda/vector.cuh"
#include "kernels/lrn.h"

namespace gradus::kernels::GRADUS_CUDA {
namespace {

/// The options in the form that the kernels compute with.
struct Normalization {
    int half;  // channels on each side
    float share, beta, k;
};
inline Normalization normalization(const LrnOptions& o) {
    return {o.size / 2, static_cast<float>(o.alpha / o.size), static_cast<float>(o.beta), static_cast<float>(o.k)};
}

/// The same, with a window that the compiler knows: what no window reaches is then neither read nor tested for.
template <int half>
__device__ __forceinline__ Normalization with_half(Normalization o) {
    if (half > 0) o.half = half;
    return o;
}

/// s^-beta and s^(-beta-1). Everybody's beta is 3/4: two reciprocal roots, an instruction each, are all it takes then.
struct Powers {
    float own, next;
};
__device__ __forceinline__ Powers powers(float s, float beta) {
    if (beta == 0.75f) {
        const float root = rsqrtf(s), own = root * root * rsqrtf(root);
        return {own, own * root * root};
    }
    const float own = powf(s, -beta);
    return {own, own / s};
}

/// Three pieces of n values, of which the middle one is a thread's own: what its windows may reach, half <= n.
template <int n>
struct Around {
    float at[3 * n];
};

/// The sum over the window around each of the n channels in the middle, in the order of the channels.
template <int n>
__device__ __forceinline__ void sum_windows(const Around<n>& v, int half, float (&sum)[n]) {
#pragma unroll
    for (int k = 0; k < n; ++k) {
        sum[k] = 0;
#pragma unroll
        for (int j = k; j <= k + 2 * n; ++j) {
            const int apart = j < n + k ? n + k - j : j - n - k;
            if (apart <= half) sum[k] += v.at[j];
        }
    }
}

/// s = k + alpha/size * the sum of x^2 over the window, for n channels from x[c] on, which are `own`. Their neighbors
/// come from L1.
template <int n, class T>
__device__ __forceinline__ void scales(const T* x, int c, int channels, const Normalization& o, const Values<T, n>& own,
                                       float (&s)[n]) {
    Values<T, n> before = {}, after = {};
    if (c > 0) before = load<n>(x + c - n);
    if (c + n < channels) after = load<n>(x + c + n);
    Around<n> squares;
#pragma unroll
    for (int k = 0; k < n; ++k) {
        squares.at[k] = before.at[k] * before.at[k];
        squares.at[n + k] = own.at[k] * own.at[k];
        squares.at[2 * n + k] = after.at[k] * after.at[k];
    }
    sum_windows<n>(squares, o.half, s);
#pragma unroll
    for (int k = 0; k < n; ++k) s[k] = fmaf(o.share, s[k], o.k);
}

/// The same for one channel, whatever the window.
template <class T>
__device__ __forceinline__ float scale(const T* x, int c, int channels, const Normalization& o) {
    float squares = 0;
    for (int i = c > o.half ? c - o.half : 0; i <= c + o.half && i < channels; ++i) {
        const auto v = static_cast<float>(x[i]);
        squares = fmaf(v, v, squares);
    }
    return fmaf(o.share, squares, o.k);
}

/// Whether windows reach no further than the piece before and the one after.
template <class T>
bool near(const Normalization& o) {
    return o.half <= per_vector<T>;
}

}  // namespace
}  // namespace gradus::kernels::GRADUS_CUDA
