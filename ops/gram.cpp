#include "ops/gram.h"

#include "engine/candidates.h"
#include "engine/shapes.h"
#include "kernels/add_transposed.h"
#include "ops/matmul_candidates.h"
#include "ops/nhwc.h"

namespace gradus {
namespace {

// F^T F
Products forward(const Problem& p) {
    const Shape& x = p.in[0].shape;
    return {{.M = x[3], .N = x[3], .K = x[1] * x[2], .transpose_a = true}, x[0]};
}
// F (dG + dG^T)
Products backward(const Problem& p) {
    const Shape& x = p.in[0].shape;
    return {{.M = x[1] * x[2], .N = x[3], .K = x[3]}, x[0]};
}

/// a + a^T, matrix by matrix.
Var add_transposed(Var a) {
    static const auto run = []<class T>(kernels::AddTransposed<T>* kernel, const Call& c) {
        const Shape& shape = c.out[0].spec.shape;
        const std::int64_t size = shape[1] * shape[2];
        for (std::int64_t n = 0; n < shape[0]; ++n)
            kernel(pointer<const T>(c.in[0]) + n * size, pointer<T>(c.out[0]) + n * size, shape[1], c.stream);
    };
    static const auto dense = [](std::vector<Candidate> list) {
        for (Candidate& candidate : list) candidate.strided = false;
        return list;
    };
    static const Op op{.name = "add_transposed",
                       .infer = like_first,
                       .candidates = dense(candidates(run, CPU(AddTransposed<float>, add_transposed),
                                                      REFERENCE_FOR(AddTransposed, add_transposed, float),
                                                      REFERENCE_FOR(AddTransposed, add_transposed, double))),
                       .cost = per_element(1, 2)};
    return call(op, {a});
}

Gradients vjp(const VjpArgs& g) {
    static const Op op{.name = "gram_backward",
                       .infer = like_first,
                       .candidates = matmul_candidates(backward),
                       .cost = matmul_cost(backward)};
    return {call(op, {g.in[0], add_transposed(g.dy())})};
}

}  // namespace

Var gram(Var x) {
    static const Op op{.name = "gram",
                       .infer = [](const Problem& p) -> std::vector<Spec> {
                           require_nhwc("gram", p.in[0]);
                           require_one_float_type("gram", p);
                           const Shape& s = p.in[0].shape;
                           return {Spec({s[0], s[3], s[3]}, p.in[0].dtype)};
                       },
                       .candidates = matmul_candidates(forward),
                       .cost = matmul_cost(forward),
                       .vjp = vjp};
    // Both operands of the product.
    return call(op, {x, x});
}

}  // namespace gradus
