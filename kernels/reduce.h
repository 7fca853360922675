#pragma once
#include <cstddef>

#include "kernels/cpu/isa.h"
#include "kernels/cuda/providers.h"
#include "kernels/pixels.h"

namespace gradus::kernels {

/// How many numbers are summed at a time before their sum is added to the others', in order.
constexpr std::int64_t reduce_block = 1 << 14;

/// Pixels of one block.
GRADUS_INLINE std::int64_t reduce_rows(std::int64_t channels) {
    return channels >= reduce_block ? 1 : reduce_block / (channels > 0 ? channels : 1);
}
GRADUS_INLINE std::int64_t reduce_blocks(std::int64_t pixels, std::int64_t channels) {
    return (pixels + reduce_rows(channels) - 1) / reduce_rows(channels);
}

/// Into how many sums the CUDA kernels split the sum of so many values: blocks of 256 threads that take 16 values each,
/// and no more than a large GPU runs at once. It depends on nothing else, so every GPU adds in the same order.
GRADUS_INLINE std::int64_t cuda_reduce_blocks(std::int64_t values) {
    const std::int64_t blocks = (values + (1 << 12) - 1) / (1 << 12);
    return blocks < 1 ? 1 : blocks > 512 ? 512 : blocks;
}

/// Channels of which a block of the CUDA kernels takes at most so many.
constexpr std::int64_t cuda_channel_group = 128;

/// The same for the sums of channels: into how many shares the pixels go, so that there are `most` blocks at most.
GRADUS_INLINE std::int64_t cuda_channel_shares(std::int64_t pixels, std::int64_t channels, std::int64_t most = 512) {
    const std::int64_t groups = (channels + cuda_channel_group - 1) / cuda_channel_group;
    const std::int64_t values = pixels * (groups > 1 ? cuda_channel_group : channels);  // of a group
    const std::int64_t shares = (values + (1 << 12) - 1) / (1 << 12);
    if (groups > 1) most /= groups;
    if (most > pixels) most = pixels;
    return most < 1 || shares < 1 ? 1 : shares > most ? most : shares;
}

/// y (1) = factor times the sum of x. `scratch`: one double per block.
template <class T>
using Sum = void(Pixels<const T> x, Compute<T>* y, std::int64_t pixels, std::int64_t channels, double factor,
                 std::byte* scratch, Stream);

/// y (1) = the sum of a b. `scratch`: one double per block.
template <class T>
using Dot = void(Pixels<const T> a, Pixels<const T> b, Compute<T>* y, std::int64_t pixels, std::int64_t channels,
                 std::byte* scratch, Stream);

/// y (channels) = the sum of each channel of x. `scratch`: one double per channel and block or share.
template <class T>
using ChannelSums = void(Pixels<const T> x, Compute<T>* y, std::int64_t pixels, std::int64_t channels,
                         std::byte* scratch, Stream);

/// dx = factor d x, with d one number: the gradient of a dot product.
template <class T>
using DotBackward = void(Pixels<const T> x, const Compute<T>* d, Pixels<T> dx, std::int64_t pixels,
                         std::int64_t channels, double factor, Write, Stream);

namespace reference {
template <class T>
void sum(Pixels<const T> x, Compute<T>* y, std::int64_t pixels, std::int64_t channels, double factor,
         std::byte* scratch, Stream);
template <class T>
void dot(Pixels<const T> a, Pixels<const T> b, Compute<T>* y, std::int64_t pixels, std::int64_t channels,
         std::byte* scratch, Stream);
template <class T>
void channel_sums(Pixels<const T> x, Compute<T>* y, std::int64_t pixels, std::int64_t channels, std::byte* scratch,
                  Stream);
template <class T>
void dot_backward(Pixels<const T> x, const Compute<T>* d, Pixels<T> dx, std::int64_t pixels, std::int64_t channels,
                  double factor, Write, Stream);
}  // namespace reference

namespace cpu {
GRADUS_EACH_ISA(Sum<float> sum; Sum<bf16> sum;                                    //
                Dot<float> dot; Dot<bf16> dot;                                    //
                ChannelSums<float> channel_sums; ChannelSums<bf16> channel_sums;  //
                DotBackward<float> dot_backward; DotBackward<bf16> dot_backward;)
}  // namespace cpu

GRADUS_EACH_CUDA(Sum<float> sum; Sum<bf16> sum;                                    //
                 Dot<float> dot; Dot<bf16> dot;                                    //
                 ChannelSums<float> channel_sums; ChannelSums<bf16> channel_sums;  //
                 DotBackward<float> dot_backward; DotBackward<bf16> dot_backward;)

}  // namespace gradus::kernels
