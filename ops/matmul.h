#pragma once
#include "engine/graph.h"

namespace gradus {

struct MatmulOptions {
    bool transpose_a = false, transpose_b = false;
};

/// y = a b, of matrices or, item by item, of batches of them. A transposed operand is read as its mirror image.
///
/// shapes    a (M,K), b (K,N) -> (M,N); or (B,M,K), (B,K,N) -> (B,M,N); transposed a is (K,M), transposed b is (N,K)
/// gradient  da = dy b^T, db = a^T dy, mirrored where the operand is. Reads the other operand
/// cost      2 M N K flops; bytes of a, b and y
/// throws    when the types differ or are not f32 (or f64), or the shapes do not match
Var matmul(Var a, Var b, const MatmulOptions& options = {});

}  // namespace gradus
