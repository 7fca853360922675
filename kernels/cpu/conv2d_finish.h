#pragma once
#include "kernels/conv2d.h"
#include "kernels/cpu/simd.h"

namespace gradus::kernels::cpu::GRADUS_ISA {
namespace {

/// What happens to a convolution's sums before they are written: bias, what y holds already, ReLU, mask.
struct Finish {
    Pixels<float> y;
    i64 channels;
    const float* bias;
    Epilogue<float> epilogue;
    bool accumulate;

    GRADUS_INLINE vec bias_at(i64 channel, i64 count) const { return bias ? load(bias + channel, count) : vec{}; }
    /// ReLU without a branch: what lies below the floor becomes the floor.
    GRADUS_INLINE vec floor() const { return vec{} - (epilogue.relu ? 0.0f : __builtin_inff()); }

    /// Writes `count` values (at most one vector) of a pixel from a channel on. `plain`: a whole vector, nothing to add
    /// to and no mask, which is the case in almost every call.
    template <bool plain>
    GRADUS_INLINE void write(i64 pixel, i64 channel, i64 count, vec sum, vec floor) const {
        float* at = y[pixel] + channel;
        if (!plain && accumulate) sum += load(at, count);
        sum = sum < floor ? floor : sum;
        if constexpr (plain) {
            store(at, sum);
        } else {
            if (epilogue.mask.data) sum = load(epilogue.mask[pixel] + channel, count) > 0.0f ? sum : vec{};
            store(at, sum, count);
        }
    }
    GRADUS_INLINE bool plain(i64 count) const { return count >= lanes && !accumulate && !epilogue.mask.data; }
};

/// The same as the last step of a product whose rows are pixels.
struct FinishTile {
    Finish finish;
    i64 first_pixel, first_channel;

    template <int rows, int vectors>
    GRADUS_INLINE void operator()(i64 row, i64 column, const vec (&sum)[rows][vectors]) const {
        const vec floor = finish.floor();
#pragma GCC unroll 16
        for (int v = 0; v < vectors; ++v) {
            const i64 offset = column + v * lanes, channel = first_channel + offset;
            const i64 count = least(lanes, finish.channels - offset), pixel = first_pixel + row;
            const vec bias = finish.bias_at(channel, count);
            if (finish.plain(count))
#pragma GCC unroll 16
                for (int r = 0; r < rows; ++r) finish.write<true>(pixel + r, channel, count, sum[r][v] + bias, floor);
            else
#pragma GCC unroll 16
                for (int r = 0; r < rows; ++r) finish.write<false>(pixel + r, channel, count, sum[r][v] + bias, floor);
        }
    }
};

}  // namespace
}  // namespace gradus::kernels::cpu::GRADUS_ISA
