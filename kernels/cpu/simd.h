#pragma once
// The widest vector of f32 that this compilation may use, by the compilers' vector extensions, so that the same source
// serves SSE2, AVX2, AVX-512 and NEON. The only intrinsics are in multiply_add and square_root.
#include <cstdint>

#if defined(__FMA__)
#include <immintrin.h>
#endif

#include "kernels/inline.h"

namespace gradus::kernels::cpu::GRADUS_ISA {
namespace {

using i64 = std::int64_t;

#if defined(__AVX512F__)
constexpr int lanes = 16;
#elif defined(__AVX__)
constexpr int lanes = 8;
#else
constexpr int lanes = 4;
#endif

// Need not be aligned, and may alias the floats that it is loaded from.
typedef float vec __attribute__((vector_size(lanes * 4), aligned(4), may_alias));

GRADUS_INLINE vec load(const float* p) { return *reinterpret_cast<const vec*>(p); }
GRADUS_INLINE void store(float* p, vec v) { *reinterpret_cast<vec*>(p) = v; }

// a b + c, rounded once where the instructions have that. Compilers do not make it of a * b + c by themselves here:
// they would choose anew in every copy of a function, and the same pixel would get other bytes in another batch.
GRADUS_INLINE vec multiply_add(vec a, vec b, vec c) {
#if defined(__AVX512F__)
    return (vec)_mm512_fmadd_ps((__m512)a, (__m512)b, (__m512)c);
#elif defined(__FMA__)
    return (vec)_mm256_fmadd_ps((__m256)a, (__m256)b, (__m256)c);
#elif defined(__ARM_FEATURE_FMA)
    vec sum;
    for (int i = 0; i < lanes; ++i) sum[i] = __builtin_fmaf(a[i], b[i], c[i]);
    return sum;
#else
    return a * b + c;
#endif
}
GRADUS_INLINE vec multiply_add(float a, vec b, vec c) { return multiply_add(a - vec{}, b, c); }

GRADUS_INLINE vec square_root(vec v) {
#if defined(__AVX512F__)
    return (vec)_mm512_maskz_sqrt_ps(0xffff, (__m512)v);  // GCC 12 warns of its own _mm512_sqrt_ps
#elif defined(__FMA__)
    return (vec)_mm256_sqrt_ps((__m256)v);
#else
    for (int i = 0; i < lanes; ++i) v[i] = __builtin_sqrtf(v[i]);
    return v;
#endif
}

// The last n floats of a run, n < 2 * width, in pieces of fixed sizes.
template <int width>
GRADUS_INLINE void copy_rest(float* to, const float* from, i64 n) {
    if (n & width) {
        __builtin_memcpy(to, from, width * sizeof(float));
        to += width;
        from += width;
    }
    if constexpr (width > 1) copy_rest<width / 2>(to, from, n);
}

GRADUS_INLINE void copy(float* to, const float* from, i64 n) {
    for (; n >= lanes; n -= lanes, to += lanes, from += lanes) store(to, load(from));
    copy_rest<lanes / 2>(to, from, n);
}

GRADUS_INLINE void zero(float* to, i64 n) {
    for (; n >= lanes; n -= lanes, to += lanes) store(to, vec{});
    for (i64 i = 0; i < n; ++i) to[i] = 0;
}

// The first n <= lanes values; what is missing is 0, and nothing behind it is touched.
GRADUS_INLINE vec load(const float* p, i64 n) {
    if (n >= lanes) return load(p);
    vec v = {};
    copy_rest<lanes / 2>(reinterpret_cast<float*>(&v), p, n);
    return v;
}
GRADUS_INLINE void store(float* p, vec v, i64 n) {
    if (n >= lanes)
        store(p, v);
    else
        copy_rest<lanes / 2>(p, reinterpret_cast<const float*>(&v), n);
}

GRADUS_INLINE i64 least(i64 a, i64 b) { return a < b ? a : b; }
GRADUS_INLINE i64 most(i64 a, i64 b) { return a > b ? a : b; }
GRADUS_INLINE i64 ceil_div(i64 a, i64 b) { return (a + b - 1) / b; }
GRADUS_INLINE i64 round_up(i64 a, i64 b) { return ceil_div(a, b) * b; }
// The size of nearly equal parts of n, none larger than `most_n`.
GRADUS_INLINE i64 even_part(i64 n, i64 most_n) { return ceil_div(n, ceil_div(n, most_n)); }

}  // namespace
}  // namespace gradus::kernels::cpu::GRADUS_ISA
