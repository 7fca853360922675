#pragma once
#include "engine/graph.h"

namespace gradus {

/// x, but 0 in the pixels that matter least: those whose key, the sum of |key| over channels, is below the given
/// percentile of the keys of their picture, as numpy's percentile(..., "linear") has it. Pixels of one key stay or go
/// together, so that fewer may go. With key = x the small ones go; with key = x times its gradient those that
/// contribute little.
///
/// shapes    x (N,H,W,C), key (N,H,W,1) or (N,H,W,C), of the same type -> y like x
/// units     percent of the pixels, 0..100; 0 drops none, 100 all but the largest
/// gradient  none flows through: it belongs to a step of an optimization
/// cost      1 flop per value of key, x, key and y once, and 20 bytes per pixel to find the percentile
/// throws    when the shapes or types do not fit, there is no pixel, or percent is not within 0..100
/// paper     Yosinski et al. 2015, Understanding neural networks through deep visualization
Var drop_lowest(Var x, Var key, double percent);

}  // namespace gradus
