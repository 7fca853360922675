#pragma once
// What random bits become. Every step is one of whole numbers, a single rounded operation, or a fused multiply-add that
// is asked for by name, so that no compiler's choice to fuse or not to fuse changes a bit: the numbers are the same
// everywhere.
#include <cstdint>

#include "kernels/inline.h"

namespace gradus::kernels {

// Operations of one rounding, and the zeros in front of a number: device code knows them by other names.
#if defined(__CUDACC__)
GRADUS_INLINE float fused(float a, float b, float c) { return fmaf(a, b, c); }
GRADUS_INLINE double fused(double a, double b, double c) { return fma(a, b, c); }
GRADUS_INLINE double root(double x) { return sqrt(x); }
#else
GRADUS_INLINE float fused(float a, float b, float c) { return __builtin_fmaf(a, b, c); }
GRADUS_INLINE double fused(double a, double b, double c) { return __builtin_fma(a, b, c); }
GRADUS_INLINE double root(double x) { return __builtin_sqrt(x); }
#endif
GRADUS_INLINE int zeros_in_front(std::uint64_t n) {
#if defined(__CUDA_ARCH__)
    return __clzll(static_cast<long long>(n));
#else
    return __builtin_clzll(n);
#endif
}

/// lo + range * u with u in [0, 1) from the upper 24 bits.
GRADUS_INLINE float uniform_from(std::uint32_t bits, float lo, float range) {
    return fused(range, static_cast<float>(bits >> 8) * 0x1p-24f, lo);
}

/// lo + floor(bits * count / 2^32)
GRADUS_INLINE std::int32_t integer_from(std::uint32_t bits, std::int32_t lo, std::uint32_t count) {
    const std::uint64_t above = (std::uint64_t{bits} * count) >> 32;
    return static_cast<std::int32_t>(lo + static_cast<std::int64_t>(above));
}

/// ln(n / 2^32) for 1 <= n <= 2^32, to 1e-11 of its value.
GRADUS_INLINE double log_of_fraction(std::uint64_t n) {
    int exponent = 63 - zeros_in_front(n);
    double m = static_cast<double>(n) / static_cast<double>(std::uint64_t{1} << exponent);  // 1 <= m < 2, exact
    if (m > 1.4142135623730951) {
        m *= 0.5;
        ++exponent;
    }
    // ln m = 2 artanh s = 2 (s + s^3/3 + s^5/5 ...), |s| <= 0.172
    const double s = (m - 1.0) / (m + 1.0), z = s * s;
    double sum = 1.0 / 17;
    for (int odd = 15; odd > 0; odd -= 2) sum = fused(sum, z, 1.0 / odd);
    const double log_m = 2.0 * (s * sum);
    return fused(static_cast<double>(exponent - 32), 0.6931471805599453, log_m);
}

struct CosineSine {
    double cosine, sine;
};

/// Of `turn` / 2^32 of a full turn, to 1e-12.
GRADUS_INLINE CosineSine cosine_sine_of_turn(std::uint32_t turn) {
    const std::uint32_t quarter = (turn + 0x20000000u) >> 30;  // the nearest one; what is left is at most an eighth
    const auto rest = static_cast<std::int32_t>(turn - (quarter << 30));
    const double x = static_cast<double>(rest) * (6.283185307179586 * 0x1p-32), z = x * x;
    constexpr double odd[] = {-1.0 / 39916800, 1.0 / 362880, -1.0 / 5040, 1.0 / 120, -1.0 / 6, 1.0};
    constexpr double even[] = {1.0 / 479001600, -1.0 / 3628800, 1.0 / 40320, -1.0 / 720, 1.0 / 24, -1.0 / 2, 1.0};
    double sine = 1.0 / 6227020800, cosine = -1.0 / 87178291200;  // 1/13!, 1/14!
    for (const double c : odd) sine = fused(sine, z, c);
    for (const double c : even) cosine = fused(cosine, z, c);
    sine *= x;
    if (quarter == 1) return {-sine, cosine};
    if (quarter == 2) return {-cosine, -sine};
    if (quarter == 3) return {sine, -cosine};
    return {cosine, sine};
}

struct NormalPair {
    float first, second;
};

/// Two independent normal numbers from two words: a radius sqrt(-2 ln u) and an angle.
///
/// paper     Box & Muller 1958, A note on the generation of random normal deviates
GRADUS_INLINE NormalPair normal_pair_from(std::uint32_t radius_bits, std::uint32_t angle_bits) {
    const double radius = root(-2.0 * log_of_fraction(std::uint64_t{radius_bits} + 1));
    const CosineSine at = cosine_sine_of_turn(angle_bits);
    return {static_cast<float>(radius * at.cosine), static_cast<float>(radius * at.sine)};
}

/// mean + sigma * z
GRADUS_INLINE float scaled_normal(float z, float mean, float sigma) { return fused(sigma, z, mean); }

}  // namespace gradus::kernels
