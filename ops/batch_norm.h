#pragma once
#include <functional>

#include "engine/graph.h"
#include "kernels/batch_norm.h"

namespace gradus {

/// The mean of each channel over all pixels of all pictures, and its variance: the mean square of what differs.
///
/// shapes    x (...,C) -> (2,C), f32 (f64 for f64)
/// gradient  none flows through: that of batch_norm has the way through its moments in it
/// cost      4 flops per value, in double; x read once
/// throws    when x has no pixel
Var channel_moments(Var x);

struct BatchNorm {
    kernels::BatchNormOptions options = {};
    /// Where several processes share a batch, what makes the mean over all of them of means over one, (2,C); else
    /// empty. Its moments must be those of the whole batch, too.
    std::function<Var(Var)> shared = {};
};

/// Channels brought to mean 0 and variance 1 over a batch, then scaled and moved as learned; with a ReLU, if asked for.
///
///     y = gamma (x - mean) / sqrt(variance + eps) + beta
///
/// shapes    x (...,C), moments (2,C) of the same x, gamma (C), beta (C) -> y like x; all but x and y f32 (f64 for f64)
/// gradient  dx counts all ways: dx = gamma / sqrt(variance + eps) (g - mean(g) - xn mean(g xn)), with xn the
/// normalized x
///           and g = dy, or 0 where the ReLU was at work; dgamma = sum(g xn), dbeta = sum(g), over the pixels here.
///           Reads x
/// cost      3 flops per value, x read and y written once; backward 12 flops, x and dy read twice and dx written once
/// throws    when shapes or types do not fit
/// paper     Ioffe & Szegedy 2015, Batch normalization
Var batch_norm(Var x, Var moments, Var gamma, Var beta, const BatchNorm& how = {});

}  // namespace gradus
