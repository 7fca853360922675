#pragma once
#include "engine/graph.h"
#include "kernels/avg_pool2d.h"
#include "ops/pool2d.h"

namespace gradus {

using kernels::AvgDivisor;

/// y = the mean of each window, channel by channel. The padding counts as zeros, or (`inside`) not at all.
///
/// shapes    x (N,H,W,C) -> y (N,P,Q,C), P = (H + 2 pad - size)/stride + 1, rounded up with `ceil`, else down
/// gradient  dx = the sum over the windows that hold a pixel of dy / divisor. Reads nothing else
/// cost      R S flops per output and 4 (input + output) bytes; backward the same
/// throws    when x is not (N,H,W,C), or the window is empty or does not fit
/// paper     LeCun et al. 1998, Gradient-based learning applied to document recognition
Var avg_pool2d(Var x, const Pool2dOptions& options, AvgDivisor divisor = AvgDivisor::padded);

}  // namespace gradus
