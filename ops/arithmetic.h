#pragma once
#include "engine/graph.h"

namespace gradus {

// a - b, a b and a / b, elementwise. For all of them:
//
// shapes    a (...,C); b the same, or (C): one number per channel, or (1): one for all -> y like a. Both of one type
// gradient  that of b is summed over the elements that read it, in a fixed order
// cost      1 flop and 3 values per element (2 where b is (C) or (1))
// throws    when b fits a in none of these ways, or their types differ

/// a - b. Gradient: da = dy, db = -dy; reads nothing.
Var subtract(Var a, Var b);

/// a b. Gradient: da = dy b, db = dy a.
Var multiply(Var a, Var b);

/// a / b. Gradient: da = dy / b, db = -dy y / b; needs y and b, not a.
Var divide(Var a, Var b);

}  // namespace gradus
