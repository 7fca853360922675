#pragma once
#include <cstdint>
#include <vector>

#include "kernels/resample.h"
#include "ops/resize.h"

namespace gradus {

/// One axis of a separable linear map, as kernels take it (kernels/resample.h), in both precisions.
struct TapTable {
    std::int64_t width = 0;
    std::vector<std::int32_t> first = {}, count = {};
    std::vector<double> weights = {};
    std::vector<float> weights_f32 = {};

    template <class W>
    kernels::Taps<W> view() const {
        if constexpr (std::is_same_v<W, double>)
            return {width, first.data(), count.data(), weights.data()};
        else
            return {width, first.data(), count.data(), weights_f32.data()};
    }
};

/// The taps that bring `from` pixels to `to`.
TapTable resize_taps(std::int64_t from, std::int64_t to, ResizeKind kind);

/// The taps of the gradient: output i of the result reads what read input i of `taps`, in ascending order.
TapTable transposed(const TapTable& taps, std::int64_t inputs);

}  // namespace gradus
