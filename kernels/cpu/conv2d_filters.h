#pragma once
#include "kernels/conv2d.h"
#include "kernels/cpu/simd_transpose.h"

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
        return taps(group, output, input)[(rotated ? R - 1 - r : r) * S + (rotated ? S - 1 - s : s)];
    }
    /// R S of them, not yet rotated.
    GRADUS_INLINE const float* taps(i64 group, i64 output, i64 input) const {
        const i64 filter =
            rotated ? (group * inputs + input) * outputs + output : (group * outputs + output) * inputs + input;
        return w + filter * R * S;
    }
};

/// The taps of a vector of outputs, from output `first`, for one input: as many vectors. Of outputs that are missing,
/// 0.
template <int taps>
void read_taps(const Filters& f, i64 first, i64 count, i64 input, vec (&to)[taps]) {
    const float* end = f.w + f.outputs * f.inputs * taps;
    for (int block = 0; block < taps; block += lanes) {
        alignas(sizeof(vec)) vec square[lanes] = {};  // see gemm.h
        for (int k = 0; k < count; ++k) {
            const float* from = f.taps(0, first + k, input) + block;
            square[k] = from + lanes <= end ? load(from) : load(from, end - from);
        }
        transpose_square(square);
        for (int i = block; i < least(taps, block + lanes); ++i) to[f.rotated ? taps - 1 - i : i] = square[i - block];
    }
}

GRADUS_INLINE Filters filters_of(const float* w, const Conv2dShape& z, bool rotated) {
    const i64 K = z.K / z.groups, C = z.C / z.groups;
    return {w, rotated ? C : K, rotated ? K : C, z.R, z.S, rotated};
}

/// The other way: `taps` vectors, with a value for each of `count` inputs, to what lies there: taps of one input after
/// the other.
template <int taps>
void write_taps(const vec (&from)[taps], i64 count, float* to, Write write) {
    for (int block = 0; block < taps; block += lanes) {
        const i64 some = least(lanes, taps - block);
        alignas(sizeof(vec)) vec square[lanes] = {};  // see gemm.h
        for (int i = 0; i < some; ++i) square[i] = from[block + i];
        transpose_square(square);
        for (i64 k = 0; k < count; ++k) {
            float* at = to + k * taps + block;
            store(at, write == Write::accumulate ? load(at, some) + square[k] : square[k], some);
        }
    }
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
