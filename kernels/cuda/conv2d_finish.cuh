#pragma once
// Four neighboring channels in registers, and what happens to a convolution's sums before they are written.
#include "kernels/conv2d.h"
#include "kernels/cuda/launch.cuh"
#include "kernels/cuda/vector.cuh"

namespace gradus::kernels::GRADUS_CUDA {
namespace {

/// Four values, computed with in f32: 16 bytes of f32, or 8 of bf16, in one load or store.
__device__ __forceinline__ float4 load_quad(const float* from) { return *reinterpret_cast<const float4*>(from); }
__device__ __forceinline__ float4 load_quad(const bf16* from) {
    const uint2 raw = *reinterpret_cast<const uint2*>(from);  // bf16 is the upper half of f32
    return make_float4(__uint_as_float(raw.x << 16), __uint_as_float(raw.x & 0xffff0000u), __uint_as_float(raw.y << 16),
                       __uint_as_float(raw.y & 0xffff0000u));
}
__device__ __forceinline__ void store_quad(float* to, float4 v) { *reinterpret_cast<float4*>(to) = v; }
__device__ __forceinline__ void store_quad(bf16* to, float4 v) {
    *reinterpret_cast<uint2*>(to) = make_uint2(pair_of(v.x, v.y), pair_of(v.z, v.w));
}

/// Whether `channels` values of every pixel are whole quads that start where a quad may.
template <class T>
bool quads_fit(Pixels<T> x, std::int64_t channels) {
    return reinterpret_cast<std::uintptr_t>(x.data) % (4 * sizeof(T)) == 0 && x.stride % 4 == 0 && channels % 4 == 0;
}

/// What happens to sums, in this order: bias, what y holds already, ReLU, mask. NaN passes a ReLU.
template <class T>
struct Finish {
    Pixels<T> y;
    const float* bias;  // may be null
    Epilogue<T> epilogue;
    bool accumulate;
    bool quads;  // of y, of the mask and of the bias

    __device__ __forceinline__ float finished(float sum, float bias_here, float there, float mask) const {
        sum += bias_here + there;
        if (epilogue.relu && sum < 0.0f) sum = 0.0f;
        return mask > 0.0f ? sum : 0.0f;
    }

    __device__ __forceinline__ void write(std::int64_t pixel, int channel, float sum) const {
        T* at = y[pixel] + channel;
        *at = T(finished(sum, bias ? bias[channel] : 0.0f, accumulate ? static_cast<float>(*at) : 0.0f,
                         epilogue.mask.data ? static_cast<float>(epilogue.mask[pixel][channel]) : 1.0f));
    }

    /// Four channels from this one on, a multiple of four; those from `channels` on do not exist.
    __device__ __forceinline__ void write(std::int64_t pixel, int channel, float4 sum, int channels) const {
        if (!quads) {
            if (channel < channels) write(pixel, channel, sum.x);
            if (channel + 1 < channels) write(pixel, channel + 1, sum.y);
            if (channel + 2 < channels) write(pixel, channel + 2, sum.z);
            if (channel + 3 < channels) write(pixel, channel + 3, sum.w);
            return;
        }
        if (channel >= channels) return;
        T* at = y[pixel] + channel;
        float4 b = make_float4(0.0f, 0.0f, 0.0f, 0.0f), there = b, mask = make_float4(1.0f, 1.0f, 1.0f, 1.0f);
        if (bias) b = load_quad(bias + channel);
        if (accumulate) there = load_quad(static_cast<const T*>(at));
        if (epilogue.mask.data) mask = load_quad(epilogue.mask[pixel] + channel);
        store_quad(at, make_float4(finished(sum.x, b.x, there.x, mask.x), finished(sum.y, b.y, there.y, mask.y),
                                   finished(sum.z, b.z, there.z, mask.z), finished(sum.w, b.w, there.w, mask.w)));
    }
};

template <class T>
Finish<T> finish(Pixels<T> y, const float* bias, const Epilogue<T>& epilogue, Write write, std::int64_t channels) {
    const bool bias_fits = reinterpret_cast<std::uintptr_t>(bias) % 16 == 0;
    const bool mask_fits = epilogue.mask.data == nullptr || quads_fit(epilogue.mask, channels);
    return {y, bias, epilogue, write == Write::accumulate, quads_fit(y, channels) && mask_fits && bias_fits};
}

}  // namespace
}  // namespace gradus::kernels::GRADUS_CUDA
