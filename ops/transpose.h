#pragma once
#include "engine/graph.h"

namespace gradus {

/// Rows become columns: y(...,c,r) = x(...,r,c). Planes (N,C,H*W) become pixels (N,H*W,C), for one.
///
/// shapes    x (...,R,C), two axes or more -> y (...,C,R)
/// gradient  dx = dy transposed; reads nothing of x or y
/// cost      no flops, x read and y written once
/// throws    when x has fewer than two axes
Var transpose(Var x);

}  // namespace gradus
