#pragma once
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
///
/// No form divides by the number of pixels.
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

}  // namespace gradus
