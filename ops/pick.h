#pragma once
#include <vector>

#include "engine/graph.h"

namespace gradus {

/// One element of x: a neuron, the logit of a class.
///
/// shapes    x any, one index per axis -> y (1): f32 for f32 and bf16, f64 for f64
/// gradient  dy at the index, 0 elsewhere; reads nothing
/// cost      1 value; backward 1 value written per element of x, or just one where it is added to another gradient
/// throws    when there is not one index per axis, or one is outside its axis
Var pick(Var x, std::vector<int> index);

}  // namespace gradus
