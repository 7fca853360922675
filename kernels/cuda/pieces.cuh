#pragma once
// How elementwise kernels cut NHWC tensors of one shape into pieces of one thread each.
#include <cstdint>

#include "kernels/cuda/grid.cuh"
#include "kernels/cuda/vector.cuh"

namespace gradus::kernels::GRADUS_CUDA {
namespace {

/// Calls with<n>(rows): n values are 16 bytes where they lie so in all of the tensors, else one. Dense tensors are cut
/// wherever 16 bytes end, also inside of pixels: those of a picture have 3 channels.
template <class T, class F, class... Tensors>
void in_pieces(std::int64_t pixels, std::int64_t channels, const F& with, Tensors... tensors) {
    const bool dense = ((tensors.stride == channels) && ...);
    if (dense) channels *= pixels, pixels = 1;
    const auto fits = [&](auto x) {
        if (dense) x.stride = channels;
        return vectors_fit(x, channels);
    };
    if ((fits(tensors) && ...))
        with.template operator()<per_vector<T>>(rows(pixels, channels, dense, per_vector<T>));
    else
        with.template operator()<1>(rows(pixels, channels, dense, 1));
}

}  // namespace
}  // namespace gradus::kernels::GRADUS_CUDA
