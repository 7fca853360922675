#pragma once
// Which pixels a window holds, and which windows hold a pixel: the loops that all poolings share.
#include "kernels/cuda/gather.cuh"
#include "kernels/pool2d.h"

namespace gradus::kernels::GRADUS_CUDA {
namespace {

/// An index along an axis of so many, or the nearest there is.
__device__ __forceinline__ int inside(int i, int count) { return i < 0 ? 0 : i < count ? i : count - 1; }

/// Calls f(h, w, tap) for the pixels of window (p, q) that lie in the picture, row by row: tap r S + s.
template <class F>
__device__ __forceinline__ void for_pixels(const Pool2dShape& z, std::int64_t p, std::int64_t q, const F& f) {
    const std::int64_t top = p * z.stride_h - z.pad_h, left = q * z.stride_w - z.pad_w;
    for (std::int64_t r = top < 0 ? -top : 0; r < z.R && top + r < z.H; ++r)
        for (std::int64_t s = left < 0 ? -left : 0; s < z.S && left + s < z.W; ++s) f(top + r, left + s, r * z.S + s);
}

/// The windows along one axis that hold index i: first ... last.
struct Holders {
    std::int64_t first, last;
};
__device__ __forceinline__ Holders holders(std::int64_t i, std::int64_t pad, std::int64_t taps, std::int64_t stride,
                                           std::int64_t windows) {
    const std::int64_t at = i + pad, before = at - taps;  // a window starts after `before` and at `at` or earlier
    const auto started = [&](std::int64_t by) {           // in 32 bits, which divides without a call
        return std::int64_t{static_cast<std::uint32_t>(by) / static_cast<std::uint32_t>(stride)};
    };
    return {before < 0 ? 0 : started(before) + 1, started(at) < windows ? started(at) : windows - 1};
}

/// Calls f(p, q, tap) for the windows that hold pixel (h, w), as their tap of that number.
template <class F>
__device__ __forceinline__ void for_windows(const Pool2dShape& z, std::int64_t h, std::int64_t w, const F& f) {
    const Holders down = holders(h, z.pad_h, z.R, z.stride_h, z.P), across = holders(w, z.pad_w, z.S, z.stride_w, z.Q);
    for (std::int64_t p = down.first; p <= down.last; ++p)
        for (std::int64_t q = across.first; q <= across.last; ++q)
            f(p, q, (h + z.pad_h - p * z.stride_h) * z.S + (w + z.pad_w - q * z.stride_w));
}

/// Whether windows are 2x2 or 3x3, and 2 apart: those that lie over a cell of 2x2 pixels hold all of it, or its first
/// rows and columns. Cell (i, j) is the upper left corner of window (i, j).
inline bool over_cells(const Pool2dShape& z) {
    return z.stride_h == 2 && z.stride_w == 2 && z.R == z.S && (z.R == 2 || z.R == 3);
}
/// The cells that cover the picture.
inline Extents cells_of(const Pool2dShape& z) { return {z.N, (z.H + z.pad_h + 1) / 2, (z.W + z.pad_w + 1) / 2, z.C}; }

}  // namespace
}  // namespace gradus::kernels::GRADUS_CUDA
