#pragma once
#include "engine/tensor.h"

namespace gradus {

// A few words for f32 tensors outside of any plan, on the host.

/// All zero.
Tensor zeros(const Shape& shape);

/// a b, and a - b, value by value. Of one shape.
Tensor product(const Tensor& a, const Tensor& b);
Tensor difference(const Tensor& a, const Tensor& b);

/// As many copies of a picture as make a batch.
///
/// shapes    picture (1,H,W,C) -> (batch,H,W,C)
Tensor repeated(const Tensor& picture, int batch);

}  // namespace gradus
