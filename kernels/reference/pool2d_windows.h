#pragma once
// Which pixels a window holds, and which windows hold a pixel: the loops that all poolings share.
#include "kernels/pool2d.h"

namespace gradus::kernels::reference {

/// Calls f(h, w, tap) for the pixels of window (p, q) that lie in the picture, row by row: tap r S + s.
template <class F>
void for_pixels(const Pool2dShape& z, std::int64_t p, std::int64_t q, const F& f) {
    for (std::int64_t r = 0; r < z.R; ++r)
        for (std::int64_t s = 0; s < z.S; ++s) {
            const std::int64_t h = p * z.stride_h - z.pad_h + r, w = q * z.stride_w - z.pad_w + s;
            if (h >= 0 && h < z.H && w >= 0 && w < z.W) f(h, w, r * z.S + s);
        }
}

/// Calls f(p, q, tap) for the windows that hold pixel (h, w), as their tap of that number.
template <class F>
void for_windows(const Pool2dShape& z, std::int64_t h, std::int64_t w, const F& f) {
    for (std::int64_t r = 0; r < z.R; ++r)
        for (std::int64_t s = 0; s < z.S; ++s) {
            // The window in which this pixel is tap (r, s), if there is one.
            const std::int64_t top = h + z.pad_h - r, left = w + z.pad_w - s;
            if (top < 0 || top % z.stride_h != 0 || left < 0 || left % z.stride_w != 0) continue;
            const std::int64_t p = top / z.stride_h, q = left / z.stride_w;
            if (p < z.P && q < z.Q) f(p, q, r * z.S + s);
        }
}

}  // namespace gradus::kernels::reference
