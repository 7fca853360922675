#pragma once
#include "engine/graph.h"
#include "ops/pool2d.h"

namespace gradus {

/// y = the largest value of each window, channel by channel. Padding never wins; a NaN does.
///
/// Fed a ReLU, it records relu(max_pool2d(x)) of the ReLU's input instead: the same values and gradients, and the
/// values kept for the backward pass are those of the small output. A guided ReLU only where windows do not overlap.
///
/// shapes    x (N,H,W,C) -> y (N,P,Q,C), P = (H + 2 pad - size)/stride + 1, rounded up with `ceil`, else down
/// gradient  dx = the sum of dy over the windows that a pixel won, the first of equals. Reads neither x nor y, but one
/// byte a
///           window and channel: the winner's place in its window
/// cost      R S flops and 4 (input + output) bytes; backward R S / stride^2 flops and 4 bytes per input, 5 per output
/// throws    when x is not (N,H,W,C), the window is empty, has more than 256 pixels, or does not fit
/// paper     Ranzato et al. 2007, Unsupervised learning of invariant feature hierarchies
Var max_pool2d(Var x, const Pool2dOptions& options);

}  // namespace gradus
