#pragma once
#include "engine/graph.h"
#include "kernels/momentum_step.h"
#include "ops/optimizer_step.h"

namespace gradus {

using kernels::MomentumOptions;

/// At the end of a run, moves the leaf x one step down the gradient with a speed that builds up, a heavy ball:
///
///     g     = gradient + decay x
///     speed = momentum speed + g
///     x     = x - rate speed, or with Nesterov x - rate (g + momentum speed), moved into the box
///
/// The speed is a tensor like x, zeros at first. The rate is a tensor, which may change between runs; a negative one
/// climbs. Everything else in that run sees both as they were before. The results, for a plan to be asked for, are the
/// new x and speed; no op may read them; any one of them stands for both.
///
/// shapes    x, gradient, speed the same, f32 or f64; rate (1) -> x, speed the same
/// gradient  none flows through
/// cost      8 flops and 20 bytes per element: every value is read once and written once, in place
/// throws    when shapes or types differ, or x is not a leaf
/// paper     Polyak 1964, Some methods of speeding up the convergence of iteration methods; Sutskever et al. 2013, On
///           the importance of initialization and momentum in deep learning (Nesterov)
std::vector<Var> momentum_step(Var x, Var gradient, Var rate, const Tensor& speed, const MomentumOptions& options = {});

}  // namespace gradus
