#pragma once
#include <optional>

#include "engine/graph.h"
#include "kernels/total_variation.h"

namespace gradus {

using kernels::TvKind;

struct TvOptions {
    TvKind kind = TvKind::squared;
    double beta = 2;  // of TvKind::beta only
};

/// How much neighboring pixels differ, summed over channels, pictures and pixels; right = x[h,w+1] - x[h,w] and
/// down = x[h+1,w] - x[h,w].
///
///     squared   1/2 sum (right^2 + down^2), over pixels that have both neighbors: its gradient, not the sum, is what
///               neural-style adds
///     l1        sum |right| + sum |down|, each over all pixels that have that neighbor
///     beta      sum (right^2 + down^2)^(beta/2), a difference past the edge is 0
///     nine_point  see below
///
/// Of these only nine_point divides by the number of pixels.
///
/// shapes    x (N,H,W,C) f32 or f64 -> y (1)
/// gradient  gathered per pixel from its four differences, in a fixed order. l1: the sign, 0 for equal neighbors. beta:
/// as
///           published, with max(v, 1e-5) in place of v = (right^2 + down^2)^(beta/2) in the factor
///           beta v^(2 (beta/2 - 1)/beta), which is infinite at v = 0 for beta < 2
/// cost      6 flops and 1 value read per element; backward 12 flops and 2 values; powers for beta other than 1 and 2
/// on top throws    when x is not (N,H,W,C), or beta <= 0 paper     Mahendran & Vedaldi 2015, Understanding deep image
/// representations by inverting them (beta);
///           Johnson 2015, neural-style (squared)
Var total_variation(Var x, TvOptions options = {});

/// The same of a pixel and all eight around it, each pair once, as the mean over pixels and channels:
///
///     2 (mean right^2 / 3 + mean down^2 / 3 + mean diagonal^2 / 12 + mean antidiagonal^2 / 12)
///
/// Past the edge lies what is at it. A diagonal has a value more each way than there are pixels; right and down are 0
/// past the edge, and count. With `counts`, like x, a difference is multiplied by its values at both ends.
///
/// shapes    x (N,H,W,C) f32 or f64 -> y (1)
/// gradient  as that of the ops it is made of: pad, slice, subtract, sum_squares
/// cost      13 flops and some 20 values read or written per element; backward about twice that
/// paper     Crowson 2021, style-transfer-pytorch
Var nine_point_variation(Var x, const std::optional<Var>& counts = {});

}  // namespace gradus
