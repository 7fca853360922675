#pragma once
#include "engine/op.h"
#include "kernels/matmul.h"

namespace gradus {

/// Products of matrices of the same sizes, one after the other in memory.
struct Products {
    kernels::MatmulShape shape;
    std::int64_t batch = 1;
};

/// The candidates of an op whose inputs 0 and 1 are the operands of such products; input 2, where there is one, is a
/// bias (N) that is added to every row.
std::vector<Candidate> matmul_candidates(Products (*products)(const Problem&));

/// 2 flops per product; bytes of the operands, each once.
std::function<Cost(const Problem&)> matmul_cost(Products (*products)(const Problem&));

/// Throws Error, in the words of `who`, unless all inputs are f32 or all f64.
void require_one_float_type(std::string_view who, const Problem& p);

}  // namespace gradus
