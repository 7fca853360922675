#pragma once
#include <optional>

#include "engine/graph.h"
#include "ops/extent.h"

namespace gradus {

struct Conv2dOptions {
    Extent stride = 1;
    Extent pad = 0;  // zeros on each side
    Extent dilation = 1;
    int groups = 1;
};

/// y[n,p,q,k] = b[k] + the sum over r, s, c of w[k,c,r,s] x[n, p stride + r dilation - pad, q stride + s dilation -
/// pad, c].
///
/// shapes    x (N,H,W,C), w (K, C/groups, R, S), b (K) -> y (N,P,Q,K), P = (H + 2 pad - dilation (R - 1) - 1)/stride +
/// 1 gradient  dx = w^T dy, itself a convolution for stride 1, with rotated filters; dw = dy x^T summed over pixels; db
/// = dy
///           summed over pixels. dx reads w, dw reads x: frozen filters need no x.
/// cost      2 N P Q K R S C/groups flops; each gradient as much
/// throws    when channels and groups do not fit, the window does not fit into the padded picture, or types differ
/// (filters
///           and bias are f32 where x is bf16)
/// paper     LeCun et al. 1989, Backpropagation applied to handwritten zip code recognition; fast forms: Lavin & Gray
/// 2016,
///           Fast algorithms for convolutional neural networks (Winograd)
Var conv2d(Var x, Var w, std::optional<Var> b = {}, Conv2dOptions options = {});

}  // namespace gradus
