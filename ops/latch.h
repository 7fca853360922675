#pragma once
#include <optional>
#include <vector>

#include "engine/graph.h"
#include "kernels/latch.h"

namespace gradus {

using kernels::LatchReason;

/// Whether a search has stopped, and why, as a number that stays: `held`, if that is not 0; else `not_finite` (2), if
/// one of `finite` is NaN or infinite; else `reached` (1), if there is a score `reached` and it is at least `level`;
/// else 0, going on. With assign(held, latch(held, ...)) and gates, a run decides on the device that it was the last
/// one that moved anything, however late the host looks.
///
/// shapes    held i32 (1), each of `finite` f32 or f64 (1), reached f32 or f64 (1) -> i32 (1)
/// units     the level is compared in f64 with the number as it is: an f32 0.9 is a little less than 0.9
/// gradient  none: whole numbers have none
/// cost      one comparison per number
/// throws    when a shape or type is another, there is no number to look at, more than 32, or the level is NaN
Var latch(Var held, const std::vector<Var>& finite, std::optional<Var> reached = {}, double level = 0);

}  // namespace gradus
