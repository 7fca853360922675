#include "ops/linear.h"

#include "engine/require.h"
#include "ops/matmul_candidates.h"
#include "ops/reduce.h"

namespace gradus {
namespace {

// x (rows,F) w^T (F,K)
Products forward(const Problem& p) {
    const Shape &x = p.in[0].shape, &w = p.in[1].shape;
    return {{.M = x.pixels(), .N = w[0], .K = w[1], .transpose_b = true}};
}
// dy (rows,K) w (K,F)
Products input_grad(const Problem& p) {
    const Shape &dy = p.in[0].shape, &w = p.in[1].shape;
    return {{.M = dy.pixels(), .N = w[1], .K = w[0]}};
}
// dy^T (K,rows) x (rows,F)
Products weight_grad(const Problem& p) {
    const Shape &dy = p.in[0].shape, &x = p.in[1].shape;
    return {{.M = dy.channels(), .N = x.channels(), .K = x.pixels(), .transpose_a = true}};
}

std::vector<Spec> infer(const Problem& p) {
    const Shape &x = p.in[0].shape, &w = p.in[1].shape;
    require_one_float_type("linear", p);
    require(x.rank() >= 2 && w.rank() == 2 && x.channels() == w[1],
            "linear: was given x {} and w {}, expected x (...,F) and w (K,F)", to_string(x), to_string(w));
    require(p.in.size() < 3 || p.in[2].shape == Shape{w[0]}, "linear: the bias has shape {}, expected ({})",
            to_string(p.in.back().shape), w[0]);
    Shape y = x;
    y[y.rank() - 1] = w[0];
    return {Spec(y, p.in[0].dtype)};
}

std::vector<Spec> like_attrs(const Problem& p) { return {Spec(p.as<Shape>(), p.in[0].dtype)}; }

Gradients vjp(const VjpArgs& g) {
    static const Op to_input{.name = "linear_input_grad",
                             .infer = like_attrs,
                             .candidates = matmul_candidates(input_grad),
                             .cost = matmul_cost(input_grad)};
    static const Op to_weights{.name = "linear_weight_grad",
                               .infer = like_attrs,
                               .candidates = matmul_candidates(weight_grad),
                               .cost = matmul_cost(weight_grad)};
    const Var x = g.in[0], w = g.in[1];
    Gradients d(g.in.size());
    if (g.wanted[0]) d[0] = call(to_input, {g.dy(), w}, x.shape());
    if (g.wanted[1]) d[1] = call(to_weights, {g.dy(), x}, w.shape());
    if (g.in.size() > 2 && g.wanted[2]) d[2] = channel_sums(g.dy());
    return d;
}

/// What fills the output with the bias first cannot write on top of something else.
std::vector<Candidate> overwriting(std::vector<Candidate> list) {
    for (Candidate& candidate : list) candidate.accumulates = false;
    return list;
}

}  // namespace

Var linear(Var x, Var w, std::optional<Var> b) {
    static const Op plain{.name = "linear",
                          .infer = infer,
                          .candidates = matmul_candidates(forward),
                          .cost = matmul_cost(forward),
                          .vjp = vjp};
    static const Op biased{.name = "linear",
                           .infer = infer,
                           .candidates = overwriting(matmul_candidates(forward)),
                           .cost = matmul_cost(forward),
                           .vjp = vjp};
    return b ? call(biased, {x, w, *b}) : call(plain, {x, w});
}

}  // namespace gradus
