#pragma once
#include "engine/graph.h"

namespace gradus {

/// y(h + offset[0], w + offset[1]) = x(h, w), counted modulo height and width: what leaves on one side comes back on
/// the other. The offsets are read at each run, may be negative and larger than the picture. `sign` -1 undoes `sign` 1.
///
/// shapes    x (N,H,W,C), offset i32 (2): rows, columns; or (N,2), one for each picture -> y like x
/// gradient  dx = dy rolled back; none for the offset
/// cost      no flops, x read and y written once
/// throws    when x is not of rank 4, offset is not i32 (2) or (N,2), or sign is not 1 or -1
Var roll(Var x, Var offset, int sign = 1);

}  // namespace gradus
