#pragma once
// Ops that take a handful of single numbers, each f32 or f64, wherever they lie.
#include <span>
#include <string>
#include <vector>

#include "engine/graph.h"
#include "kernels/numbers.h"

namespace gradus {

/// That each is one number, f32 or f64, and that there are not too many for a launch. Throws Error in the op's name.
void require_numbers(const std::string& op, const std::vector<Var>& numbers);

/// The numbers as a kernel takes them.
kernels::Numbers numbers_at(std::span<const View> views);

}  // namespace gradus
