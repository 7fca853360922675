#pragma once
#include "engine/graph.h"
#include "ops/optimizer_step.h"

namespace gradus {

/// v, but 0 where x lies on an edge of the box and `push` points out of it: the part of a step, or of a gradient, that
/// the box lets happen. With a gradient g, pin(g, x, -g) is what is left of it under descent.
///
/// shapes    v, x, push the same, f32 or f64 -> the same
/// gradient  none flows through
/// cost      4 flops and 16 bytes per element
/// throws    when shapes or types differ, or the box has its upper bound first
/// paper     Bertsekas 1982, Projected Newton methods for optimization problems with simple constraints
Var pin(Var v, Var x, Var push, const Box& box);

}  // namespace gradus
