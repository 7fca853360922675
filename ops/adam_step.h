#pragma once
#include "engine/graph.h"
#include "kernels/adam_step.h"
#include "ops/optimizer_step.h"

namespace gradus {

using kernels::AdamOptions;

/// What Adam remembers of a picture between steps.
struct AdamState {
    Tensor mean, square;  // running means of the gradient and of its square, like the picture
    Tensor steps;         // i32 (1): how many were taken
};

/// A state at its start, for a picture of this shape and type.
AdamState adam_state(const Spec& picture);

/// At the end of a run, moves the leaf x one step of Adam down the gradient, and with it the state; t counts from 1:
///
///     mean   = beta1 mean   + (1 - beta1) g              mean^   = mean   / (1 - beta1^t)
///     square = beta2 square + (1 - beta2) g^2            square^ = square / (1 - beta2^t)
///     x      = x - rate mean^ / (sqrt(square^) + eps), moved into the box
///
/// The rate is a tensor, which may change between runs, and the step counts itself: a plan may be run, or recorded and
/// replayed, any number of times. Everything else in that run sees all of them as they were before. The results, for a
/// plan to be asked for, are the new x, mean, square and steps; no op may read them; any one of them stands for all.
///
/// shapes    x, gradient the same, f32 or f64; rate (1) -> x, mean, square the same, steps i32 (1)
/// gradient  none flows through
/// cost      14 flops and 28 bytes per element: every value is read once and written once, in place
/// throws    when shapes or types differ, x is not a leaf, or a number is outside its range
/// paper     Kingma & Ba 2015, Adam: a method for stochastic optimization
std::vector<Var> adam_step(Var x, Var gradient, Var rate, const AdamState& state, const AdamOptions& options = {});

}  // namespace gradus
