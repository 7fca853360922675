#pragma once
#include "engine/graph.h"
#include "kernels/normalized_ascent_step.h"
#include "ops/optimizer_step.h"

namespace gradus {

using kernels::AscentNorm;
using kernels::AscentOptions;

/// At the end of a run, moves the leaf x up the gradient, always about as far, however steep the slope is:
///
///     x = x + rate g / (norm + eps), moved into the box
///
/// with the mean of |g| as the norm, or the root of the mean of g^2, or plain gradient ascent without one. The rate is
/// a tensor, which may change between runs; a negative one goes down. Everything else in that run sees x as it was
/// before. The result, for a plan to be asked for, is the new x; no op may read it.
///
/// shapes    x, gradient the same, f32 or f64; rate (1) -> the same
/// gradient  none flows through
/// cost      4 flops and 16 bytes per element: g is read twice, for the norm and for the step; 2 and 12 without a norm
/// throws    when shapes or types differ, or x is not a leaf
/// paper     Mordvintsev, Olah & Tyka 2015, Inceptionism
Var normalized_ascent_step(Var x, Var gradient, Var rate, const AscentOptions& options = {});

}  // namespace gradus
