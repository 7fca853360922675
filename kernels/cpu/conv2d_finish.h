#pragma once
#include <type_traits>

#include "kernels/conv2d.h"
#include "kernels/cpu/gemm.h"
#include "kernels/cpu/simd_bf16.h"

namespace gradus::kernels::cpu::GRADUS_ISA {
namespace {

/// A whole vector with nothing to add to and no mask (almost every call of the forward pass), a whole vector, or a
/// part.
enum class Written { plain, whole, part };

/// What happens to a convolution's sums before they are written: bias, what y holds already, ReLU, mask. T is how y is
/// stored.
template <class T>
struct Finish {
    Pixels<T> y;
    i64 channels;
    const float* bias;
    Epilogue<T> epilogue;
    bool accumulate;

    GRADUS_INLINE vec bias_at(i64 channel, i64 count) const { return bias ? load(bias + channel, count) : vec{}; }
    /// ReLU without a branch: what lies below the floor becomes the floor.
    GRADUS_INLINE vec floor() const { return vec{} - (epilogue.relu ? 0.0f : __builtin_inff()); }

    /// Writes `count` values (at most one vector) of a pixel from a channel on.
    template <Written how>
    GRADUS_INLINE void write(i64 pixel, i64 channel, i64 count, vec sum, vec floor) const {
        if constexpr (how != Written::part) count = lanes;
        T* at = y[pixel] + channel;
        if (how != Written::plain && accumulate) sum += load(at, count);
        sum = sum < floor ? floor : sum;
        if (how != Written::plain && epilogue.mask.data)
            sum = load(epilogue.mask[pixel] + channel, count) > 0.0f ? sum : vec{};
        store(at, sum, count);
    }
    /// Calls f with the way that `count` values are written in, as a constant.
    template <class F>
    GRADUS_INLINE void choose(i64 count, const F& f) const {
        if (count < lanes)
            f(std::integral_constant<Written, Written::part>{});
        else if (accumulate || epilogue.mask.data)
            f(std::integral_constant<Written, Written::whole>{});
        else
            f(std::integral_constant<Written, Written::plain>{});
    }
};

/// The same as the last step of a product whose rows are pixels.
template <class T>
struct FinishTile {
    Finish<T> finish;
    i64 first_pixel, first_channel;

    template <int rows, int vectors>
    GRADUS_INLINE void operator()(i64 row, i64 column, const vec (&sum)[rows][vectors]) const {
        const i64 pixel = first_pixel + row;
        if (finish.accumulate || finish.epilogue.mask.data || finish.channels - column < vectors * lanes) {
            with_care(pixel, column, TileCopy(sum).sum, rows, vectors);
            return;
        }
        const vec floor = finish.floor();
#pragma GCC unroll 16
        for (int v = 0; v < vectors; ++v) {
            const i64 channel = first_channel + column + v * lanes;
            const vec bias = finish.bias_at(channel, lanes);
#pragma GCC unroll 16
            for (int r = 0; r < rows; ++r)
                finish.template write<Written::plain>(pixel + r, channel, lanes, sum[r][v] + bias, floor);
        }
    }

private:
    [[gnu::noinline]] void with_care(i64 pixel, i64 column, const vec* sum, int rows, int vectors) const {
        const vec floor = finish.floor();
        for (int v = 0; v < vectors; ++v) {
            const i64 offset = column + v * lanes, channel = first_channel + offset;
            const i64 count = least(lanes, finish.channels - offset);
            const vec bias = finish.bias_at(channel, count);
            finish.choose(
                count, [&](auto how) __attribute__((always_inline)) {
                    for (int r = 0; r < rows; ++r)
                        finish.template write<decltype(how)::value>(pixel + r, channel, count,
                                                                    sum[r * vectors + v] + bias, floor);
                });
        }
    }
};

}  // namespace
}  // namespace gradus::kernels::cpu::GRADUS_ISA
