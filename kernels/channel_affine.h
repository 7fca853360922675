#pragma once
#include "kernels/cpu/isa.h"
#include "kernels/cuda/providers.h"
#include "kernels/pixels.h"

namespace gradus::kernels {

/// What each of K output channels is made of: scale[k] x[from[k]] + shift[k]. The tables lie where the kernel runs.
struct ChannelMap {
    const float *scale, *shift;
    const int* from;
    std::int64_t K;
};

template <class T>
using ChannelAffine = void(Pixels<const T> x, Pixels<T> y, std::int64_t pixels, const ChannelMap&, Write, Stream);

/// dx[c] = the sum over the k with from[k] = c of scale[k] dy[k], in the order of k. dx has `channels`.
template <class T>
using ChannelAffineBackward = void(Pixels<const T> dy, Pixels<T> dx, std::int64_t pixels, std::int64_t channels,
                                   const ChannelMap&, Write, Stream);

namespace reference {
template <class T>
void channel_affine(Pixels<const T> x, Pixels<T> y, std::int64_t pixels, const ChannelMap&, Write, Stream);
template <class T>
void channel_affine_backward(Pixels<const T> dy, Pixels<T> dx, std::int64_t pixels, std::int64_t channels,
                             const ChannelMap&, Write, Stream);
}  // namespace reference

namespace cpu {
GRADUS_EACH_ISA(ChannelAffine<float> channel_affine; ChannelAffine<bf16> channel_affine;
                ChannelAffineBackward<float> channel_affine_backward;
                ChannelAffineBackward<bf16> channel_affine_backward;)
}  // namespace cpu

GRADUS_EACH_CUDA(ChannelAffine<float> channel_affine; ChannelAffine<bf16> channel_affine;
                 ChannelAffineBackward<float> channel_affine_backward;
                 ChannelAffineBackward<bf16> channel_affine_backward;)

}  // namespace gradus::kernels
