#pragma once
#include "engine/graph.h"

namespace gradus {

/// The largest |x|, or NaN where x has one: how far off the worst element is. For a search that asks when to stop.
///
/// shapes    x any, f32 or f64 -> y (1) of the same type
/// gradient  none flows through
/// cost      1 flop and 1 value read per element
/// throws    nothing of its own; of nothing the largest is 0
Var largest(Var x);

}  // namespace gradus
