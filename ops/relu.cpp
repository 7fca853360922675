#include "ops/relu.h"

#include "engine/candidates.h"
#include "engine/shapes.h"
#include "kernels/redirected_relu.h"

namespace gradus {
namespace {

Var relu_backward(Var y, Var dy, ReluRule rule) {
    static const auto run = []<class T>(kernels::ReluBackward<T>* kernel, const Call& c) {
        const Shape& shape = c.out[0].spec.shape;
        kernel(pixels<const T>(c.in[0]), pixels<const T>(c.in[1]), pixels<T>(c.out[0]), shape.pixels(),
               shape.channels(), c.problem.as<ReluRule>(), c.write, c.stream);
    };
    static const auto list =
        candidates(run, CUDA(ReluBackward<float>, relu_backward), CUDA(ReluBackward<bf16>, relu_backward),
                   CPU(ReluBackward<float>, relu_backward), CPU(ReluBackward<bf16>, relu_backward),
                   REFERENCE(ReluBackward, relu_backward));
    static const Op masks{.name = "relu_backward",
                          .infer = like_first,
                          .candidates = list,
                          .cost = per_element(1, 3),
                          .in_place = {1},
                          .fusion = Fusion::relu_mask,
                          .fused_input = 1};
    // The other rules look at the gradient too: no kernel does that in passing.
    static const Op filters{
        .name = "relu_backward", .infer = like_first, .candidates = list, .cost = per_element(2, 3), .in_place = {1}};
    return call(rule == ReluRule::plain ? masks : filters, {y, dy}, rule);
}

/// The first of several dimensions counts the items.
kernels::BatchShape batch_of(const Shape& shape) {
    const std::int64_t items = shape.rank() > 1 ? shape[0] : 1;
    return {items, items > 0 ? shape.pixels() / items : 0, shape.channels()};
}

Var redirected_relu_backward(Var x, Var dy) {
    static const auto run = []<class T>(kernels::RedirectedReluBackward<T>* kernel, const Call& c) {
        kernel(pixels<const T>(c.in[0]), pixels<const T>(c.in[1]), pixels<T>(c.out[0]), batch_of(c.out[0].spec.shape),
               c.scratch, c.write, c.stream);
    };
    static const Op op = [] {
        Op made{.name = "redirected_relu_backward",
                .infer = like_first,
                .candidates = candidates(run, CUDA(RedirectedReluBackward<float>, redirected_relu_backward),
                                         CUDA(RedirectedReluBackward<bf16>, redirected_relu_backward),
                                         CPU(RedirectedReluBackward<float>, redirected_relu_backward),
                                         CPU(RedirectedReluBackward<bf16>, redirected_relu_backward),
                                         REFERENCE(RedirectedReluBackward, redirected_relu_backward)),
                .cost = per_element(3, 5),
                .in_place = {1}};
        for (Candidate& c : made.candidates)
            if (c.name != "reference")
                c.scratch = [](const Problem& p, void*) {
                    return kernels::redirected_relu_scratch_bytes(batch_of(p.out[0].shape));
                };
        return made;
    }();
    return call(op, {x, dy});
}

const Op& relu_op() {
    static const auto run = []<class T>(kernels::Relu<T>* kernel, const Call& c) {
        const Shape& shape = c.out[0].spec.shape;
        kernel(pixels<const T>(c.in[0]), pixels<T>(c.out[0]), shape.pixels(), shape.channels(), c.stream);
    };
    static const Op op{
        .name = "relu",
        .infer = like_first,
        .candidates = candidates(run, CUDA(Relu<float>, relu), CUDA(Relu<bf16>, relu), CPU(Relu<float>, relu),
                                 CPU(Relu<bf16>, relu), REFERENCE(Relu, relu)),
        .cost = per_element(1, 2),
        .vjp = [](const VjpArgs& a) -> Gradients {
            if (a.as<ReluRule>() == ReluRule::redirected) return {redirected_relu_backward(a.in[0], a.dy())};
            return {relu_backward(a.y(), a.dy(), a.as<ReluRule>())};
        },
        .in_place = {0},
        .fusion = Fusion::relu,
    };
    return op;
}

}  // namespace

Var relu(Var x, ReluRule rule) { return call(relu_op(), {x}, rule); }

bool is_relu(Var y, ReluRule rule, Var& x) {
    const int node = y.graph->value(y.id).node;
    if (node < 0) return false;
    const Node& maker = y.graph->nodes()[static_cast<std::size_t>(node)];
    if (maker.op != &relu_op() || std::any_cast<ReluRule>(*maker.attrs) != rule) return false;
    x = {y.graph, maker.in[0]};
    return true;
}

}  // namespace gradus
