#pragma once
#include "engine/graph.h"

namespace gradus {

/// y = the mean of each channel over all pixels of a picture.
///
/// shapes    x (N,H,W,C) -> y (N,1,1,C)
/// gradient  dx = dy / (H W) at every pixel. Reads nothing else
/// cost      1 flop and 4 bytes per input
/// throws    when x is not (N,H,W,C)
/// paper     Lin et al. 2014, Network in network
Var global_avg_pool(Var x);

}  // namespace gradus
