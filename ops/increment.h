#pragma once
#include "engine/graph.h"

namespace gradus {

/// y = x + by: counts the steps of a run, on the device, so that random numbers can follow the count.
///
/// shapes    x i32 any -> y the same
/// gradient  none: whole numbers have none
/// cost      1 flop and 8 bytes per element
/// throws    when x is not i32
Var increment(Var x, int by = 1);

/// y = x + by, with a number that changes between runs: a gated 1 counts until a search stops.
///
/// shapes    x i32 any, by i32 (1) -> y like x
/// gradient  none: whole numbers have none
/// cost      1 flop and 8 bytes per element
/// throws    when x is not i32, or `by` is not i32 (1)
Var increment(Var x, Var by);

}  // namespace gradus
