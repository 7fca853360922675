#pragma once
#include "kernels/cpu/simd.h"

namespace gradus::kernels::cpu::GRADUS_ISA {
namespace {

/// Writes a vector that fills a line of the caches past them, which spares reading what was there: for results larger
/// than the caches. `to` is aligned to that. Vectors that are narrower than a line are written as others are.
GRADUS_INLINE void store_past_caches(float* to, vec v) {
#if defined(__AVX512F__)
    _mm512_stream_ps(to, (__m512)v);
#else
    store(to, v);
#endif
}

/// Before other threads may read what this one stored past the caches.
GRADUS_INLINE void finish_stores() {
#if defined(__AVX512F__)
    _mm_sfence();
#endif
}

}  // namespace
}  // namespace gradus::kernels::cpu::GRADUS_ISA
