#pragma once
// Values of f32 or bf16 in memory, vectors of f32 in registers.
#include "kernels/bf16.h"
#include "kernels/cpu/simd.h"

namespace gradus::kernels::cpu::GRADUS_ISA {
namespace {

typedef std::uint16_t half_words __attribute__((vector_size(lanes * 2), aligned(2), may_alias));
typedef std::uint32_t words __attribute__((vector_size(lanes * 4)));

GRADUS_INLINE vec load(const bf16* p) {
    const words bits = __builtin_convertvector(*reinterpret_cast<const half_words*>(p), words) << 16;
    return reinterpret_cast<vec>(bits);
}
// Rounds to nearest even; NaN stays NaN.
GRADUS_INLINE void store(bf16* p, vec v) {
    const words bits = reinterpret_cast<words>(v);
    const words rounded = bits + 0x7fffu + ((bits >> 16) & 1u);
    const words kept = (bits & 0x7fffffffu) > 0x7f800000u ? bits | 0x400000u : rounded;
    *reinterpret_cast<half_words*>(p) = __builtin_convertvector(kept >> 16, half_words);
}

// The first n <= lanes values; what is missing is 0, and nothing behind it is touched.
GRADUS_INLINE vec load(const bf16* p, i64 n) {
    if (n >= lanes) return load(p);
    vec v = {};
    for (i64 i = 0; i < n; ++i) v[i] = static_cast<float>(p[i]);
    return v;
}
GRADUS_INLINE void store(bf16* p, vec v, i64 n) {
    if (n >= lanes)
        store(p, v);
    else
        for (i64 i = 0; i < n; ++i) p[i] = bf16(v[i]);
}

// Widens n values.
GRADUS_INLINE void copy(float* to, const bf16* from, i64 n) {
    for (; n >= lanes; n -= lanes, to += lanes, from += lanes) store(to, load(from));
    for (i64 i = 0; i < n; ++i) to[i] = static_cast<float>(from[i]);
}

}  // namespace
}  // namespace gradus::kernels::cpu::GRADUS_ISA
