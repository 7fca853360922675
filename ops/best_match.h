#pragma once
#include "engine/graph.h"

namespace gradus {

/// For every pixel of x, the row of the guide that points most in its direction: y[i] = guide[argmax_j x[i] .
/// guide[j]].
///
/// shapes    x (N,H,W,C), guide (...,C) -> y (N,H,W,C)
/// gradient  none flows: the match is taken as it is. The gradient of dot(x, best_match(x, guide)) is therefore the
/// match
///           itself, which is what a guided dream follows.
/// cost      2 flops per pixel, row and channel
/// throws    when the channels or types differ
/// paper     Mordvintsev, Olah & Tyka 2015, Inceptionism (the guided dream of its notebook)
Var best_match(Var x, Var guide);

}  // namespace gradus
