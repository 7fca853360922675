#pragma once
#include "kernels/conv2d.h"
#include "kernels/cpu/simd_bf16.h"

namespace gradus::kernels::cpu::GRADUS_ISA {
namespace {

// Copies n values, as floats, in whole vectors where that reads nothing behind `end`; `to` must have room for a vector
// more.
template <class T>
GRADUS_INLINE void copy_run(float* to, const T* from, i64 n, const T* end) {
    if (end - from < n + lanes) return copy(to, from, n);
    for (i64 i = 0; i < n; i += lanes) store(to + i, load(from + i));
}

/// Writes what the output pixels first..first+count see through the filter rows r0..r1, one pixel after the other,
/// `step` floats apart: the values in the order (r, s, c), zeros where the filter hangs over the edge. x starts at the
/// group; `step` leaves room for a vector behind the values.
template <class T>
void gather(Pixels<const T> x, const Conv2dShape& z, i64 first, i64 count, i64 r0, i64 r1, float* to, i64 step) {
    const i64 C = z.C / z.groups, run = z.S * C;
    const bool dense = x.stride == C && z.dilation_w == 1;  // then the S taps of a filter row are one run of memory
    const T* end = x[z.N * z.H * z.W - 1] + C;
    i64 q = first % z.Q, p = first / z.Q % z.P, n = first / (z.Q * z.P);
    for (i64 i = 0; i < count; ++i, to += step) {
        float* at = to;
        const i64 w = q * z.stride_w - z.pad_w;
        for (i64 r = r0; r < r1; ++r, at += run) {
            const i64 h = p * z.stride_h - z.pad_h + r * z.dilation_h;
            if (h < 0 || h >= z.H) {
                zero(at, run);
            } else if (dense && w >= 0 && w + z.S <= z.W) {
                copy_run(at, x[(n * z.H + h) * z.W + w], run, end);
            } else {
                for (i64 s = 0; s < z.S; ++s) {
                    const i64 v = w + s * z.dilation_w;
                    if (v >= 0 && v < z.W)
                        copy_run(at + s * C, x[(n * z.H + h) * z.W + v], C, end);
                    else
                        zero(at + s * C, C);
                }
            }
        }
        if (++q == z.Q) {
            q = 0;
            if (++p == z.P) p = 0, ++n;
        }
    }
}

}  // namespace
}  // namespace gradus::kernels::cpu::GRADUS_ISA
