#pragma once
#include "kernels/conv2d.h"
#include "kernels/cpu/simd.h"

namespace gradus::kernels::cpu::GRADUS_ISA {
namespace {

/// Writes what the output pixels first..first+count see through the filter rows r0..r1, one pixel after the
/// other, `step` floats apart: the values in the order (r, s, c), zeros where the filter hangs over the edge.
/// x starts at the group.
inline void gather(Pixels<const float> x, const Conv2dShape& z, i64 first, i64 count, i64 r0, i64 r1,
                   float* to, i64 step) {
    const i64 C = z.C / z.groups, run = z.S * C;
    const bool dense =
        x.stride == C && z.dilation_w == 1;  // then the S taps of a filter row are one run of memory
    i64 q = first % z.Q, p = first / z.Q % z.P, n = first / (z.Q * z.P);
    for (i64 i = 0; i < count; ++i, to += step) {
        float* at = to;
        for (i64 r = r0; r < r1; ++r, at += run) {
            const i64 h = p * z.stride_h - z.pad_h + r * z.dilation_h, w = q * z.stride_w - z.pad_w;
            if (h < 0 || h >= z.H) {
                zero(at, run);
            } else if (dense) {
                const i64 begin = least(z.S, most(0, -w)), end = most(begin, least(z.S, z.W - w));
                zero(at, begin * C);
                copy(at + begin * C, x.data + ((n * z.H + h) * z.W + w + begin) * C, (end - begin) * C);
                zero(at + end * C, (z.S - end) * C);
            } else {
                for (i64 s = 0; s < z.S; ++s) {
                    const i64 v = w + s * z.dilation_w;
                    if (v >= 0 && v < z.W)
                        copy(at + s * C, x[(n * z.H + h) * z.W + v], C);
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
