#pragma once
#include "engine/graph.h"

namespace gradus {

/// y = table[index], the index clipped to the table: a schedule of one number per step, whose last one stays; or a
/// random choice from a list, by a random_int.
///
/// shapes    table f32 (n), index i32 (k) -> f32 (k)
/// gradient  none flows through
/// cost      no flops; two values read and one written per index
/// throws    when the table is not f32 (n) with at least one number, or the index is not i32 (k)
Var lookup(Var table, Var index);

}  // namespace gradus
