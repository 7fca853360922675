#pragma once
#include "engine/graph.h"

namespace gradus {

/// The same numbers stored in another type: f32, bf16 and f64 into each other. x itself where it has that type already.
///
/// shapes    x any -> y the same
/// gradient  dx = dy, in the type of x
/// cost      1 flop and one value read and one written per element
/// throws    when either type is none of these
Var cast(Var x, DType dtype);

}  // namespace gradus
