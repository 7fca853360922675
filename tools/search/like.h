#pragma once
// Constants beside a value, in its type: objectives are recorded in f32 and bf16 for use, in f64 for tests.
#include "ops/cast.h"

namespace gradus {

/// x, or bf16 widened to f32.
inline Var wide(Var x) { return x.dtype() == DType::bf16 ? cast(x, DType::f32) : x; }

/// One number in x's type.
inline Var number_like(Var x, double number) {
    return x.graph->leaf(Tensor(Shape{1}, {static_cast<float>(number)}).to(x.dtype()));
}

/// A tensor in x's type.
inline Var leaf_like(Var x, const Tensor& values) { return x.graph->leaf(values.to(x.dtype())); }

}  // namespace gradus
