#pragma once
#include "engine/graph.h"
#include "kernels/lrn.h"

namespace gradus {

using kernels::LrnOptions;

/// Local response normalization across channels: y = x / s^beta, s = k + alpha/size * the sum of x^2 over the `size`
/// neighboring channels, itself in the middle.
///
/// shapes    x (...,C) -> y the same
/// gradient  dx = dy / s^beta - 2 alpha beta/size x * (the sum over the same channels of dy x / s^(beta+1)). Reads x,
/// and
///           computes s again: cheaper than to keep it
/// cost      size + 10 flops and 8 bytes per element; backward 2 size + 20 flops and 12 bytes
/// throws    when the size is even or not positive
/// paper     Krizhevsky, Sutskever & Hinton 2012, ImageNet classification with deep convolutional neural networks
Var lrn(Var x, const LrnOptions& options = {});

}  // namespace gradus
