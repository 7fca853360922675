#pragma once
#include "engine/graph.h"

namespace gradus {

/// Some neighboring entries along one axis: items of a batch, rows, columns, channels. In a plan a view wherever they
/// lie together in memory: nothing is copied.
///
/// shapes    x (A,B,C,...) -> the same with `count` in the place of the axis' extent: entries first ... first + count -
/// 1 gradient  dx = dy in those entries and 0 in the others cost      none, or 8 bytes per element of the slice throws
/// when there is no such axis, or the entries are not there
Var slice(Var x, int axis, int first, int count);

}  // namespace gradus
