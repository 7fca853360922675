#pragma once
#include "engine/graph.h"

namespace gradus {

/// The mirror image: axis 1 turns the order of the rows round (upside down), axis 2 that of the columns (left to
/// right).
///
/// shapes    x (N,H,W,C) -> y like x
/// gradient  dx = dy flipped; reads nothing of x or y
/// cost      no flops, x read and y written once
/// throws    when x is not of rank 4, or the axis is not 1 or 2
Var flip(Var x, int axis);

}  // namespace gradus
