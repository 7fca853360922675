#pragma once
#include <vector>

#include "engine/graph.h"

namespace gradus {

/// At the end of a run, writes the numbers into a row of the leaf `table`: a run's curves stay on the device and are
/// read when somebody looks. A row outside the table is left out. The result, for a plan to be asked for, is the new
/// table; no op may read it. Where the row is a state that counts itself, record the note before the assign that
/// counts.
///
/// shapes    table f32 (rows,k), row i32 (1), k values, each f32 (1), or f64 (1), which is rounded -> that of the table
/// gradient  none flows through
/// cost      one value read and one written per number, k of them; not the table
/// throws    when a shape or type is another, there are more than 32 values, or the table is not a leaf
Var note(Var table, Var row, const std::vector<Var>& values);

}  // namespace gradus
