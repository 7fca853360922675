#pragma once
#include "engine/graph.h"

namespace gradus {

/// Some neighboring channels. In a plan usually a view: nothing is copied.
///
/// shapes    x (...,C) -> (...,count): channels first ... first + count - 1
/// gradient  dx = dy in those channels and 0 in the others
/// cost      none, or 8 bytes per element of the slice
/// throws    when the channels are not there
Var slice_channels(Var x, int first, int count);

}  // namespace gradus
