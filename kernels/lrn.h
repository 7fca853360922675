#pragma once
#include "kernels/cpu/isa.h"
#include "kernels/cuda/providers.h"
#include "kernels/pixels.h"

namespace gradus::kernels {

/// Caffe's meaning of the numbers: alpha is divided by the size.
struct LrnOptions {
    int size = 5;  // channels, odd
    double alpha = 1e-4, beta = 0.75, k = 1;
};

/// y = x s^-beta, s = k + alpha/size * the sum of x^2 over the channels c - size/2 ... c + size/2
template <class T>
using Lrn = void(Pixels<const T> x, Pixels<T> y, std::int64_t pixels, std::int64_t channels, const LrnOptions&, Stream);

/// dx = dy s^-beta - 2 alpha beta/size x * the sum of dy x s^(-beta-1) over the same channels
template <class T>
using LrnBackward = void(Pixels<const T> x, Pixels<const T> dy, Pixels<T> dx, std::int64_t pixels,
                         std::int64_t channels, const LrnOptions&, Write, Stream);

namespace reference {
template <class T>
void lrn(Pixels<const T> x, Pixels<T> y, std::int64_t pixels, std::int64_t channels, const LrnOptions&, Stream);
template <class T>
void lrn_backward(Pixels<const T> x, Pixels<const T> dy, Pixels<T> dx, std::int64_t pixels, std::int64_t channels,
                  const LrnOptions&, Write, Stream);
}  // namespace reference

namespace cpu {
constexpr int lrn_most_size = 513;  // of a window

GRADUS_EACH_ISA(                      //
    Lrn<float> lrn;                   //
    Lrn<bf16> lrn;                    //
    LrnBackward<float> lrn_backward;  //
    LrnBackward<bf16> lrn_backward;)
}  // namespace cpu

GRADUS_EACH_CUDA(Lrn<float> lrn; Lrn<bf16> lrn; LrnBackward<float> lrn_backward; LrnBackward<bf16> lrn_backward;)

}  // namespace gradus::kernels
