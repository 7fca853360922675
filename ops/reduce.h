#pragma once
#include "engine/graph.h"

namespace gradus {

// Many numbers to one. For all of them:
//
// shapes    x any (a, b: the same) -> y (1): f32 for f32 and bf16, f64 for f64
// cost      1 flop (sum_squares, dot 2) and 1 value (dot 2) read per element
// throws    dot: when shapes or types differ; mean: when x is empty
//
// Sums are kept in double over blocks of fixed size and the blocks added in order: the same bytes on any number of
// threads.

/// The sum of all elements. Gradient: dy everywhere; reads nothing.
Var sum(Var x);

/// The mean of all elements. Gradient: dy / n everywhere; reads nothing.
Var mean(Var x);

/// The sum of x^2. Gradient: 2 x dy.
Var sum_squares(Var x);

/// The sum of a b. Gradient: da = b dy, db = a dy.
Var dot(Var a, Var b);

/// The sum over everything but the channels, (...,C) -> (C): f32 for f32 and bf16, f64 for f64. Gradient: dy repeated.
Var channel_sums(Var x);

}  // namespace gradus
