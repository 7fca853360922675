#pragma once
#include "engine/graph.h"
#include "kernels/rmsprop_step.h"
#include "ops/optimizer_step.h"

namespace gradus {

using kernels::RmspropOptions;

/// At the end of a run, moves the leaf x one step down the gradient, divided by how large it was of late:
///
///     square = decay square + (1 - decay) g^2
///     x      = x - rate g / (sqrt(square) + eps), moved into the box
///
/// The mean square is a tensor like x, zeros at first: the first step moves every value by rate / sqrt(1 - decay), 4.5
/// rates, however steep. The rate is a tensor, which may change between runs; a negative one climbs. Everything else in
/// that run sees both as they were before. The results, for a plan to be asked for, are the new x and square; no op may
/// read them; any one of them stands for both.
///
/// shapes    x, gradient, square the same, f32 or f64; rate (1) -> x, square the same
/// gradient  none flows through
/// cost      8 flops and 20 bytes per element: every value is read once and written once, in place
/// throws    when shapes or types differ, x is not a leaf, or a number is outside its range
/// paper     Hinton 2012, Neural networks for machine learning, lecture 6e; the defaults are those of cnn-vis
std::vector<Var> rmsprop_step(Var x, Var gradient, Var rate, const Tensor& square, const RmspropOptions& options = {});

}  // namespace gradus
