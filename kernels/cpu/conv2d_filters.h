#pragma once
#include "kernels/conv2d.h"
#include "kernels/cpu/simd.h"

namespace gradus::kernels::cpu::GRADUS_ISA {
namespace {

/// The filters w (K, C/groups, R, S) as a forward convolution sees them. The input gradient of a convolution
/// with stride 1 is a convolution with the taps rotated and the channels exchanged: filters_of(.., true)
/// reads them so.
struct Filters {
    const float* w;
    i64 outputs, inputs, R, S;  // channels of one group
    bool rotated;

    GRADUS_INLINE float operator()(i64 group, i64 output, i64 input, i64 r, i64 s) const {
        const i64 filter =
            rotated ? (group * inputs + input) * outputs + output : (group * outputs + output) * inputs + input;
        return w[(filter * R + (rotated ? R - 1 - r : r)) * S + (rotated ? S - 1 - s : s)];
    }
};

GRADUS_INLINE Filters filters_of(const float* w, const Conv2dShape& z, bool rotated) {
    const i64 K = z.K / z.groups, C = z.C / z.groups;
    return {w, rotated ? C : K, rotated ? K : C, z.R, z.S, rotated};
}

/// The convolution that takes dy to dx, for stride 1.
GRADUS_INLINE Conv2dShape turned(const Conv2dShape& z) {
    Conv2dShape t = z;
    t.H = z.P, t.W = z.Q, t.C = z.K;
    t.P = z.H, t.Q = z.W, t.K = z.C;
    t.pad_h = z.dilation_h * (z.R - 1) - z.pad_h;
    t.pad_w = z.dilation_w * (z.S - 1) - z.pad_w;
    return t;
}

}  // namespace
}  // namespace gradus::kernels::cpu::GRADUS_ISA
