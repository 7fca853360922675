#pragma once
#include <optional>
#include <vector>

#include "engine/graph.h"

namespace gradus {

// The mean of what a search has gone through, the last the most, those before less and less: less noisy than where it
// happens to be. Of numbers x0 ... xT, and a decay d,
//
//     mean = sum of d^(T - t) xt / sum of d^(T - t)
//
// paper     Polyak & Juditsky 1992, Acceleration of stochastic approximation by averaging; Kingma & Ba 2015, section
//           7.2 (this form)

/// What is remembered of numbers of this shape: the running sum of those before the present ones, and its weight.
std::vector<Tensor> average_state(const Spec& numbers);

/// At the end of a run, adds the numbers as they were in it, where `stop` is 0. Returns what the plan is to be asked
/// for.
std::vector<Var> record_average(Var numbers, Var stop, const std::vector<Tensor>& state, double decay);

/// The mean of those that were added and of the present ones.
Var averaged(Var numbers, const std::vector<Tensor>& state, double decay);

}  // namespace gradus
