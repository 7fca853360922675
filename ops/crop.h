#pragma once
#include "engine/graph.h"

namespace gradus {

/// The part of x whose corner is at (top, left).
///
/// shapes    x (N,H,W,C) -> y (N, height, width, C)
/// gradient  dx = dy with zeros around it; reads nothing of x or y
/// cost      no flops, y read and written once
/// throws    when x is not of rank 4, or the part does not lie inside
Var crop(Var x, int top, int left, int height, int width);

}  // namespace gradus
