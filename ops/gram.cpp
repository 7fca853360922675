#include "ops/gram.h"

#include "engine/candidates.h"
#include "engine/shapes.h"
#include "kernels/add_transposed.h"
#include "kernels/gram.h"
#include "ops/matmul_candidates.h"
#include "ops/nhwc.h"
#include "ops/tensor_cores.h"

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
    static const Op op{
        .name = "add_transposed",
        .infer = like_first,
        .candidates = dense(candidates(
            run, CUDA(AddTransposed<float>, add_transposed), CPU(AddTransposed<float>, add_transposed),
            REFERENCE_FOR(AddTransposed, add_transposed, float), REFERENCE_FOR(AddTransposed, add_transposed, double))),
        .cost = per_element(1, 2)};
    return call(op, {a});
}

/// Where a kernel for x^T x computes only half of it, that one; else one that knows no symmetry.
std::vector<Candidate> forward_candidates() {
    static const auto shape = [](const Problem& p) -> kernels::GramShape {
        const Shape& x = p.in[0].shape;
        return {x[0], x[1] * x[2], x[3]};
    };
    static const auto run = [](kernels::Gram* kernel, const Call& c) {
        kernel(pixels<const float>(c.in[0]), pointer<float>(c.out[0]), shape(c.problem), c.write, c.scratch, c.stream);
    };
    auto list = candidates(run, CUDA_AS("cuda.mma", Gram, gram_mma), CUDA_AS("cuda.mirrored", Gram, gram));
    for (Candidate& candidate : list) {
        candidate.strided = false;
        candidate.scratch = [](const Problem& p, void*) { return kernels::cuda_on_cpu::gram_scratch_bytes(shape(p)); };
        if (candidate.name == "cuda.mma") candidate = on_tensor_cores(std::move(candidate));
    }
    for (Candidate& candidate : matmul_candidates(forward))
        if (candidate.name != "cuda.mma") list.push_back(std::move(candidate));
    return list;
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
                       .candidates = forward_candidates(),
                       .cost = matmul_cost(forward),
                       .vjp = vjp};
    // Both operands of the product.
    return call(op, {x, x});
}

}  // namespace gradus
