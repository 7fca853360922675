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

    // `count` values (at most one vector) of pixel `pixel`, from channel `channel` on.
    GRADUS_INLINE void write(i64 pixel, i64 channel, i64 count, vec sum) const {
        float* at = y[pixel] + channel;
        if (accumulate) sum += load(at, count);
        if (epilogue.relu) sum = sum < 0.0f ? vec{} : sum;
        if (epilogue.mask.data) sum = load(epilogue.mask[pixel] + channel, count) > 0.0f ? sum : vec{};
        store(at, sum, count);
    }
    GRADUS_INLINE vec bias_at(i64 channel, i64 count) const {
        return bias ? load(bias + channel, count) : vec{};
    }
};

/// The same as the last step of a product whose rows are pixels.
struct FinishTile {
    Finish finish;
    i64 first_pixel, first_channel;

    template <int rows, int vectors>
    GRADUS_INLINE void operator()(i64 row, i64 column, const vec (&sum)[rows][vectors]) const {
        for (int v = 0; v < vectors; ++v) {
            const i64 channel = column + v * lanes, count = least(lanes, finish.channels - channel);
            const vec bias = finish.bias_at(first_channel + channel, count);
            for (int r = 0; r < rows; ++r)
                finish.write(first_pixel + row + r, first_channel + channel, count, sum[r][v] + bias);
        }
    }
};

}  // namespace
}  // namespace gradus::kernels::cpu::GRADUS_ISA
