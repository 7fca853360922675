#pragma once
// The bits of the formats that tensor cores read.
#include <cmath>
#include <cstdint>

#include "kernels/cuda_on_cpu/math.h"

namespace gradus::kernels::emulation {

/// Tensor cores do not look at the lower 13 bits of a TF32 operand.
inline float tf32_to_f32(std::uint32_t bits) { return __uint_as_float(bits & 0xffffe000u); }

inline float bf16_to_f32(std::uint32_t bits) { return __uint_as_float(bits << 16); }

inline float fp16_to_f32(std::uint32_t bits) {
    const std::uint32_t sign = (bits & 0x8000u) << 16, exponent = bits >> 10 & 31u, mantissa = bits & 0x3ffu;
    if (exponent == 31) return __uint_as_float(sign | 0x7f800000u | mantissa << 13);
    if (exponent != 0) return __uint_as_float(sign | (exponent + 112) << 23 | mantissa << 13);
    const float tiny = std::ldexp(static_cast<float>(mantissa), -24);
    return sign != 0 ? -tiny : tiny;
}

/// To the nearest, ties to even; beyond the largest, infinity; every NaN becomes 0x7fff.
inline std::uint32_t f32_to_fp16(float x) {
    const std::uint32_t sign = __float_as_uint(x) >> 16 & 0x8000u;
    const float size = std::fabs(x);
    if (x != x) return 0x7fffu;
    if (size >= 65520.0f) return sign | 0x7c00u;
    if (size < 0x1p-14f) return sign | static_cast<std::uint32_t>(std::nearbyint(std::ldexp(size, 24)));
    const std::uint32_t u = __float_as_uint(size);
    return sign | ((u + 0xfffu + (u >> 13 & 1u)) - (112u << 23)) >> 13;
}

}  // namespace gradus::kernels::emulation
