#pragma once
#include <string>
#include <vector>

namespace gradus {

/// The names of all ops in alphabetical order, gradients included: what a rule of `--kernels` may be for.
std::vector<std::string> op_names();

}  // namespace gradus
