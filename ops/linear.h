#pragma once
#include <optional>

#include "engine/graph.h"

namespace gradus {

/// y = x w^T + b, a fully connected layer.
///
/// shapes    x (...,F), w (K,F), b (K) -> y (...,K)
/// gradient  dx = dy w, dw = dy^T x, db = the sum of dy over the rows. Reads x and w, as far as they are asked for
/// cost      2 rows F K flops; bytes of x, w and y
/// throws    when the types differ or are not f32 (or f64), or the shapes do not match
Var linear(Var x, Var w, std::optional<Var> b = {});

}  // namespace gradus
