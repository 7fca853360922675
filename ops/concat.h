#pragma once
#include <vector>

#include "engine/graph.h"

namespace gradus {

/// The parts side by side, along the last axis. A plan lets the kernels that make the parts write where they go; then
/// nothing is copied.
///
/// shapes    (...,C1), (...,C2), ... -> (..., C1 + C2 + ...)
/// gradient  of a part: its channels of dy. Reads nothing else
/// cost      0 flops, 8 bytes for every element that is not in its place already
/// throws    when there is no part, or they differ in type or in an extent other than the last
/// paper     Szegedy et al. 2015, Going deeper with convolutions
Var concat(const std::vector<Var>& parts);

}  // namespace gradus
