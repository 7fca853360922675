#pragma once
#include "engine/graph.h"

namespace gradus {

/// x repeated until it has the shape asked for.
///
/// shapes    x (1), or (C) with C the last extent of `shape` -> y of that shape, in the same type
/// gradient  dx = the sum of dy over the elements made from it, in a fixed order
/// cost      1 flop and 1 value written per element; backward 1 value read
/// throws    when x is neither (1) nor (C)
Var broadcast(Var x, Shape shape);

/// factor x repeated, in another type if asked for: the gradient of sums and means. x f32, or f64 for f64.
Var spread(Var x, Shape shape, DType dtype, double factor = 1);

}  // namespace gradus
