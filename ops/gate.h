#pragma once
#include "engine/graph.h"

namespace gradus {

/// y = x where `stop` is 0, else 0, also where x is NaN or infinite. A gate before what moves, counts or is stepped
/// along lets a search stand still without anybody leaving its loop.
///
/// shapes    x any, of any type, stop i32 (1) -> y like x
/// gradient  none flows through: it belongs behind the gradient, not before it
/// cost      one value read and one written per element; nothing in place, until it stops
/// throws    when stop is not i32 (1)
Var gate(Var x, Var stop);

}  // namespace gradus
