#pragma once
// 16 bytes of a tensor in registers, as f32: four values of f32 or eight of bf16. Loads and stores of 16 bytes per
// thread are what it takes to reach the memory's bandwidth.
#include <cstdint>

#include "kernels/cuda/launch.cuh"
#include "kernels/cuda/ptx/mma.cuh"
#include "kernels/pixels.h"

namespace gradus::kernels::GRADUS_CUDA {
namespace {

/// Values of this storage type in 16 bytes.
template <class T>
constexpr int per_vector = 16 / static_cast<int>(sizeof(T));

/// `n` values of a tensor, computed with in f32. n is per_vector<T>, a multiple of it where f32 meets bf16, or 1 where
/// data does not lie on 16 bytes.
template <class T, int n>
struct Values {
    float at[n];
};

template <int n, class T>
__device__ __forceinline__ Values<T, n> load(const T* from) {
    constexpr int vector = per_vector<T>;
    static_assert(n == 1 || n % vector == 0, "one value, or 16 bytes once or twice");
    Values<T, n> v;
    if constexpr (n == 1) v.at[0] = static_cast<float>(*from);
#pragma unroll
    for (int k = 0; k + vector <= n; k += vector) {
        if constexpr (sizeof(T) == sizeof(float)) {
            const float4 raw = *reinterpret_cast<const float4*>(from + k);
            v.at[k] = raw.x;
            v.at[k + 1] = raw.y;
            v.at[k + 2] = raw.z;
            v.at[k + 3] = raw.w;
        } else {
            const uint4 raw = *reinterpret_cast<const uint4*>(from + k);
            const unsigned pair[4] = {raw.x, raw.y, raw.z, raw.w};
#pragma unroll
            for (int i = 0; i < 4; ++i) {  // the lower half is the earlier value; bf16 is the upper half of f32
                v.at[k + 2 * i] = __uint_as_float(pair[i] << 16);
                v.at[k + 2 * i + 1] = __uint_as_float(pair[i] & 0xffff0000u);
            }
        }
    }
    return v;
}

/// Two values as bf16, the lower half the earlier one; one instruction where the GPU has it.
__device__ __forceinline__ unsigned pair_of(float lower, float upper) {
#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ < 800
    return static_cast<unsigned>(bf16(lower).bits) | static_cast<unsigned>(bf16(upper).bits) << 16;
#else
    return pack_bf16(lower, upper);
#endif
}

template <int n, class T>
__device__ __forceinline__ void store(T* to, const Values<T, n>& v) {
    constexpr int vector = per_vector<T>;
    static_assert(n == 1 || n % vector == 0, "one value, or 16 bytes once or twice");
    if constexpr (n == 1) *to = T(v.at[0]);
#pragma unroll
    for (int k = 0; k + vector <= n; k += vector) {
        if constexpr (sizeof(T) == sizeof(float)) {
            *reinterpret_cast<float4*>(to + k) = make_float4(v.at[k], v.at[k + 1], v.at[k + 2], v.at[k + 3]);
        } else {
            unsigned pair[4];
#pragma unroll
            for (int i = 0; i < 4; ++i) pair[i] = pair_of(v.at[k + 2 * i], v.at[k + 2 * i + 1]);
            *reinterpret_cast<uint4*>(to + k) = make_uint4(pair[0], pair[1], pair[2], pair[3]);
        }
    }
}

/// Whether every pixel of the tensor starts where n values may be loaded at once (on 16 bytes, or on as many as they
/// have), and `channels` values are whole pieces of n.
template <int n, class T>
bool pieces_fit(Pixels<T> x, std::int64_t channels) {
    constexpr std::size_t bytes = n * sizeof(T) < 16 ? n * sizeof(T) : 16;
    return reinterpret_cast<std::uintptr_t>(x.data) % bytes == 0 && x.stride % n == 0 && channels % n == 0;
}
template <class T>
bool vectors_fit(Pixels<T> x, std::int64_t channels) {
    return pieces_fit<per_vector<std::remove_const_t<T>>>(x, channels);
}

}  // namespace
}  // namespace gradus::kernels::GRADUS_CUDA
