#pragma once
// How Winograd's kernels cut pictures into tiles: 4x4 outputs of a 3x3 filter or 2x2 of a 5x5 one, which see 6x6
// inputs.
#include "kernels/conv2d.h"
#include "kernels/cpu/conv2d_winograd_transforms.h"
#include "kernels/cpu/simd_bf16.h"

namespace gradus::kernels::cpu::GRADUS_ISA {
namespace {
namespace winograd {

struct Tile {
    i64 picture, p, q;  // the first output
};

struct Tiling {
    i64 out;           // outputs along a tile's side
    i64 across, down;  // tiles in a row of tiles, and rows of them in a picture
    i64 count;         // in all pictures

    GRADUS_INLINE Tile operator[](i64 tile) const {
        const i64 row = tile / across;
        return {row / down, row % down * out, tile % across * out};
    }
};

GRADUS_INLINE Tiling tiling(const Conv2dShape& z) {
    const i64 out = side + 1 - z.R, across = ceil_div(z.Q, out), down = ceil_div(z.P, out);
    return {out, across, down, z.N * down * across};
}

// The first `channels` inputs of a tile, transformed: point j at to[j * point_step]. `zeros` stand for what lies
// outside the picture.
template <class T>
void transform_tile(Pixels<const T> x, const Conv2dShape& z, const Tile& t, i64 channels, const T* zeros, float* to,
                    i64 point_step) {
    const T* from[products];
    for (i64 r = 0; r < side; ++r)
        for (i64 s = 0; s < side; ++s) {
            const i64 h = t.p - z.pad_h + r, w = t.q - z.pad_w + s;
            const bool inside = h >= 0 && w >= 0 && h < z.H && w < z.W;
            from[r * side + s] = inside ? x[(t.picture * z.H + h) * z.W + w] : zeros;
        }
    for (i64 channel = 0; channel < channels; channel += lanes) {
        vec d[products], half[products];
        if (channels - channel >= lanes)
            for (i64 j = 0; j < products; ++j) d[j] = load(from[j] + channel);
        else
            for (i64 j = 0; j < products; ++j) d[j] = load(from[j] + channel, channels - channel);
        for (int s = 0; s < side; ++s) input_transform(d + s, side, half + s, side);
        for (int r = 0; r < side; ++r) input_transform(half + r * side, 1, d + r * side, 1);
        for (i64 j = 0; j < products; ++j) store(to + j * point_step + channel, d[j]);
    }
}

}  // namespace winograd
}  // namespace
}  // namespace gradus::kernels::cpu::GRADUS_ISA
