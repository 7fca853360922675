#pragma once
// Which pixels a window holds, and which windows hold a pixel, along one axis; and how a row of channels is cut into
// vectors.
#include "kernels/cpu/parallel.h"
#include "kernels/cpu/simd_bf16.h"
#include "kernels/pool2d.h"

namespace gradus::kernels::cpu::GRADUS_ISA {
namespace {

struct Range {
    i64 first, end;
};

/// The taps of the window that starts at `start` which lie in 0..size-1.
GRADUS_INLINE Range taps_inside(i64 start, i64 taps, i64 size) { return {most(0, -start), least(taps, size - start)}; }

/// The windows that hold position `at`, given those that hold one before it (or {0, 0}).
GRADUS_INLINE Range windows_over(i64 at, i64 taps, i64 stride, i64 pad, i64 windows, Range before) {
    Range r = before;
    while (r.end < windows && r.end * stride <= at + pad) ++r.end;
    while (r.first < r.end && r.first * stride + taps <= at + pad) ++r.first;
    return r;
}

/// Rows of an image that one task handles: some 64 KB of f32.
GRADUS_INLINE i64 rows_of_task(i64 row_values) { return most(1, (i64{1} << 14) / most(1, row_values)); }

/// Calls f.operator()<vectors>(channel, n) for pieces of the channels: four vectors at a time, then one, the last of n
/// <= lanes values.
template <class F>
GRADUS_INLINE void for_channels(i64 channels, const F& f) {
    i64 c = 0;
    for (; c + 4 * lanes <= channels; c += 4 * lanes) f.template operator()<4>(c, i64{lanes});
    for (; c + lanes <= channels; c += lanes) f.template operator()<1>(c, i64{lanes});
    if (c < channels) f.template operator()<1>(c, channels - c);
}

}  // namespace
}  // namespace gradus::kernels::cpu::GRADUS_ISA
