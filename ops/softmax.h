#pragma once
#include "engine/graph.h"

namespace gradus {

/// Positive numbers that add up to 1 along the last axis: y = exp(x - m) / the sum of exp(x - m), m = the largest x.
///
/// shapes    x (...,K) -> y the same
/// gradient  dx = y (dy - the sum of dy y). Reads y
/// cost      4 flops and 8 bytes per element; backward 4 flops and 12 bytes
/// throws    when x is not f32 (or f64)
/// paper     Bridle 1990, Probabilistic interpretation of feedforward classification network outputs
Var softmax(Var x);

}  // namespace gradus
