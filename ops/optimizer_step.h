#pragma once
// What the steps of all optimizers have in common: they write their states in place, after everything else in a run.
#include <initializer_list>
#include <string>
#include <vector>

#include "engine/graph.h"
#include "kernels/box.h"

namespace gradus {

using kernels::Box;

/// Kernels that take their tensors as runs of values, without gaps between pixels.
std::vector<Candidate> dense(std::vector<Candidate> list);

/// That the picture is a leaf, its gradient and the `like_it` have its shape and type, and the rate is one number of
/// that type. Throws Error in the op's name.
void require_step(const std::string& op, Var x, Var gradient, Var rate, std::initializer_list<Tensor> like_it,
                  const Box& box);

/// The infer of an op whose first `n` inputs are the states that it writes.
std::vector<Spec> states(const Problem& p, std::size_t n);

/// A state full of zeros.
Tensor zeros(Spec spec);

}  // namespace gradus
