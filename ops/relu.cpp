#include "ops/relu.h"

#include "engine/candidates.h"
#include "engine/shapes.h"

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
        .vjp = [](const VjpArgs& a) -> Gradients { return {relu_backward(a.y(), a.dy(), a.as<ReluRule>())}; },
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
