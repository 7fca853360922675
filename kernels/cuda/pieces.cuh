#pragma once
// How elementwise kernels cut NHWC tensors of one shape into pieces of one thread each.
#include <cstdint>

#include "kernels/cuda/grid.cuh"
#include "kernels/cuda/vector.cuh"

namespace gradus::kernels::GRADUS_CUDA {
namespace {

/// Calls with<n>(rows): n values are 16 bytes of T where they lie so in all of the tensors, else one. Dense tensors are
/// cut wherever 16 bytes end, also inside of pixels: those of a picture have 3 channels. What is left at their end,
/// less than a piece, comes in a second call.
template <class T, class F, class... Tensors>
void in_pieces(std::int64_t pixels, std::int64_t channels, const F& with, Tensors... tensors) {
    constexpr int n = per_vector<T>;
    const std::int64_t values = pixels * channels, rest = values % n;
    const bool dense = ((tensors.stride == channels) && ...);
    if (dense) {
        if (values > rest && (pieces_fit<n>(decltype(tensors){tensors.data, 0}, 0) && ...)) {
            with.template operator()<n>(rows(1, values - rest, true, n));
            if (rest > 0) with.template operator()<1>(Rows{rest, rest, true, values - rest});
        } else {
            with.template operator()<1>(rows(1, values, true, 1));
        }
    } else if ((pieces_fit<n>(tensors, channels) && ...)) {
        with.template operator()<n>(rows(pixels, channels, false, n));
    } else {
        with.template operator()<1>(rows(pixels, channels, false, 1));
    }
}

}  // namespace
}  // namespace gradus::kernels::GRADUS_CUDA
