#pragma once
#include <cstddef>

#include "kernels/cpu/isa.h"
#include "kernels/cuda/providers.h"
#include "kernels/pixels.h"
#include "kernels/reduce.h"

namespace gradus::kernels {

struct BatchNormOptions {
    double eps = 1e-5;  // added to the variance
    bool relu = false;  // what comes out negative becomes 0
};

/// The sizes of a batch normalization: every pixel of every picture, and what is done to it.
struct BatchNormShape {
    std::int64_t pixels, C;
    BatchNormOptions options = {};
};

/// What a channel is multiplied by, once its mean is taken off.
template <class T>
GRADUS_INLINE T batch_norm_scale(T variance, T gamma, double eps) {
    return static_cast<T>(static_cast<double>(gamma) / __builtin_sqrt(static_cast<double>(variance) + eps));
}

/// y (2,C): the mean of each channel, then the mean square of what differs from it. `scratch`: two doubles per channel
/// and block or share of kernels/reduce.h.
template <class T>
using ChannelMoments = void(Pixels<const T> x, Compute<T>* y, std::int64_t pixels, std::int64_t channels,
                            std::byte* scratch, Stream);

/// y = gamma (x - mean) / sqrt(variance + eps) + beta, channel by channel; moments (2,C), gamma and beta of C.
template <class T>
using BatchNorm = void(Pixels<const T> x, const Compute<T>* moments, const Compute<T>* gamma, const Compute<T>* beta,
                       Pixels<T> y, const BatchNormShape&, Stream);

/// sums (2,C): over all pixels the mean of g, and the mean of g times the normalized x; g is dy, or 0 where the ReLU
/// made a 0. `scratch` as for ChannelMoments.
template <class T>
using BatchNormSums = void(Pixels<const T> x, Pixels<const T> dy, const Compute<T>* moments, const Compute<T>* gamma,
                           const Compute<T>* beta, Compute<T>* sums, const BatchNormShape&, std::byte* scratch, Stream);

/// dx = gamma / sqrt(variance + eps) (g - mean g - normalized x times the mean of g normalized x).
template <class T>
using BatchNormBackward = void(Pixels<const T> x, Pixels<const T> dy, const Compute<T>* moments,
                               const Compute<T>* gamma, const Compute<T>* beta, const Compute<T>* sums, Pixels<T> dx,
                               const BatchNormShape&, Write, Stream);

namespace reference {  // needs no scratch
template <class T>
void channel_moments(Pixels<const T> x, Compute<T>* y, std::int64_t pixels, std::int64_t channels, std::byte* scratch,
                     Stream);
template <class T>
void batch_norm(Pixels<const T> x, const Compute<T>* moments, const Compute<T>* gamma, const Compute<T>* beta,
                Pixels<T> y, const BatchNormShape&, Stream);
template <class T>
void batch_norm_sums(Pixels<const T> x, Pixels<const T> dy, const Compute<T>* moments, const Compute<T>* gamma,
                     const Compute<T>* beta, Compute<T>* sums, const BatchNormShape&, std::byte* scratch, Stream);
template <class T>
void batch_norm_backward(Pixels<const T> x, Pixels<const T> dy, const Compute<T>* moments, const Compute<T>* gamma,
                         const Compute<T>* beta, const Compute<T>* sums, Pixels<T> dx, const BatchNormShape&, Write,
                         Stream);
}  // namespace reference

namespace cpu {
GRADUS_EACH_ISA(ChannelMoments<float> channel_moments; ChannelMoments<bf16> channel_moments;  //
                BatchNorm<float> batch_norm; BatchNorm<bf16> batch_norm;                      //
                BatchNormSums<float> batch_norm_sums; BatchNormSums<bf16> batch_norm_sums;    //
                BatchNormBackward<float> batch_norm_backward; BatchNormBackward<bf16> batch_norm_backward;)
}  // namespace cpu

GRADUS_EACH_CUDA(ChannelMoments<float> channel_moments; ChannelMoments<bf16> channel_moments;  //
                 BatchNorm<float> batch_norm; BatchNorm<bf16> batch_norm;                      //
                 BatchNormSums<float> batch_norm_sums; BatchNormSums<bf16> batch_norm_sums;    //
                 BatchNormBackward<float> batch_norm_backward; BatchNormBackward<bf16> batch_norm_backward;)

}  // namespace gradus::kernels
