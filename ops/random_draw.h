#pragma once
#include "kernels/random.h"
#include "ops/random.h"

namespace gradus {

/// What kernels that draw numbers of this key for an array of this shape are given; `op` asks.
///
/// throws    when the key's step is not i32 (1), or the shape has no elements
kernels::RandomDraw random_draw(const std::string& op, const Shape& shape, const RandomKey& key);

}  // namespace gradus
