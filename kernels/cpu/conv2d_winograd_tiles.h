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

/// A vector of channels at each of n places, as whole vectors of f32: where they lie, or else copied here.
template <i64 n>
class Vectors {
public:
    GRADUS_INLINE Vectors(const float* const* from, i64 channel, i64 channels) : at_(from), first_(channel) {
        if (channels - channel < lanes) copy(from, channel, channels - channel);
    }
    GRADUS_INLINE Vectors(const bf16* const* from, i64 channel, i64 channels) {
        copy(from, channel, channels - channel);
    }
    GRADUS_INLINE vec operator[](i64 j) const { return load(at_[j] + first_); }

private:
    template <class T>
    GRADUS_INLINE void copy(const T* const* from, i64 channel, i64 count) {
        if (count >= lanes)
            for (i64 j = 0; j < n; ++j) store(copies_[j], load(from[j] + channel));
        else
            for (i64 j = 0; j < n; ++j) store(copies_[j], load(from[j] + channel, count));
        for (i64 j = 0; j < n; ++j) places_[j] = copies_[j];
        at_ = places_, first_ = 0;
    }
    const float* const* at_;
    i64 first_;
    const float* places_[n];
    alignas(sizeof(vec)) float copies_[n][lanes];
};

/// Rows 0 to 2 or 3 to 5 of a tile's points, point j to to[j * point_step]. The 18 values between the two transforms
/// stay in registers; all 36 at once would go through memory, twice, and took 100 ns a vector instead of 55. A function
/// of its own, since GCC keeps fewer of them there once it is inlined.
template <Half half>
[[gnu::noinline]] void transform_half(const Vectors<products>& d, float* to, i64 point_step) {
    constexpr i64 first = half == Half::low ? 0 : 3;
    vec rows[3][side];
#pragma GCC unroll 6
    for (i64 s = 0; s < side; ++s) {
        vec o[3];
        input_transform<half>(
            [&](i64 r) __attribute__((always_inline)) { return d[r * side + s]; }, o);
        for (i64 r = 0; r < 3; ++r) rows[r][s] = o[r];
    }
#pragma GCC unroll 3
    for (i64 r = 0; r < 3; ++r) {
        const auto row = [&](i64 s) __attribute__((always_inline)) { return rows[r][s]; };
        vec o[side];
        input_transform<Half::low>(row, o);
        input_transform<Half::high>(row, o + 3);
        for (i64 s = 0; s < side; ++s) store(to + ((first + r) * side + s) * point_step, o[s]);
    }
}

/// The first `channels` inputs of a tile, transformed: point j at to[j * point_step]. `zeros` stand for what lies
/// outside the picture.
template <class T>
void transform_tile(Pixels<const T> x, const Conv2dShape& z, const Tile& t, i64 channels, const T* zeros, float* to,
                    i64 point_step) {
    const T* from[products];
    for (i64 r = 0; r < side; ++r) {
        const i64 h = t.p - z.pad_h + r, left = t.q - z.pad_w;
        for (i64 s = 0; s < side; ++s) {
            const bool inside = h >= 0 && h < z.H && left + s >= 0 && left + s < z.W;
            from[r * side + s] = inside ? x[(t.picture * z.H + h) * z.W + left + s] : zeros;
        }
    }
    for (i64 channel = 0; channel < channels; channel += lanes) {
        const Vectors<products> d(from, channel, channels);
        transform_half<Half::low>(d, to + channel, point_step);
        transform_half<Half::high>(d, to + channel, point_step);
    }
}

}  // namespace winograd
}  // namespace
}  // namespace gradus::kernels::cpu::GRADUS_ISA
