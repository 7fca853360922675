#pragma once
#include "engine/graph.h"

namespace gradus {

/// The same values in the same order, under another shape. In a plan usually a view: nothing is copied.
///
/// shapes    any -> `shape`, of the same number of values
/// gradient  dx = dy in x's shape
/// cost      none, or 8 bytes per element
/// throws    when the numbers of values differ
Var reshape(Var x, const Shape& shape);

}  // namespace gradus
