#include "ops/cross_entropy.h"

#include "engine/candidates.h"
#include "engine/require.h"
#include "kernels/cross_entropy.h"

namespace gradus {
namespace {

Cost cost(const Problem& p, double flops, double values) {
    const auto n = static_cast<double>(p.in[0].shape.size());
    return {flops * n, values * n * static_cast<double>(size_of(p.in[0].dtype))};
}

Var cross_entropy_backward(Var logits, Var labels, Var d, double smoothing) {
    static const auto run = []<class T>(kernels::CrossEntropyBackward<T>* kernel, const Call& c) {
        const Shape& shape = c.out[0].spec.shape;
        kernel(pixels<const T>(c.in[0]), pointer<const std::int32_t>(c.in[1]), pointer<const T>(c.in[2]),
               pixels<T>(c.out[0]), shape[0], shape[1], c.problem.as<double>(), c.write, c.stream);
    };
    static const Op op{
        .name = "cross_entropy_backward",
        .infer = [](const Problem& p) -> std::vector<Spec> { return {Spec(p.in[0].shape, p.in[0].dtype)}; },
        .candidates = candidates(run, CUDA(CrossEntropyBackward<float>, cross_entropy_backward),
                                 CPU(CrossEntropyBackward<float>, cross_entropy_backward),
                                 REFERENCE_FOR(CrossEntropyBackward, cross_entropy_backward, float),
                                 REFERENCE_FOR(CrossEntropyBackward, cross_entropy_backward, double)),
        .cost = [](const Problem& p) { return cost(p, 4, 2); }};
    return call(op, {logits, labels, d}, smoothing);
}

}  // namespace

Var cross_entropy(Var logits, Var labels, double smoothing) {
    static const auto run = []<class T>(kernels::CrossEntropy<T>* kernel, const Call& c) {
        const Shape& shape = c.in[0].spec.shape;
        kernel(pixels<const T>(c.in[0]), pointer<const std::int32_t>(c.in[1]), pointer<T>(c.out[0]), shape[0], shape[1],
               c.problem.as<double>(), c.scratch, c.stream);
    };
    static const auto with_scratch = [](std::vector<Candidate> list) {
        for (Candidate& c : list)
            if (c.on != DeviceKind::cpu)
                c.scratch = [](const Problem& p, void*) {
                    return static_cast<std::size_t>(p.in[0].shape[0]) * sizeof(double);
                };
        return list;
    };
    static const Op op{
        .name = "cross_entropy",
        .infer = [](const Problem& p) -> std::vector<Spec> {
            const Spec &x = p.in[0], &y = p.in[1];
            require(x.shape.rank() == 2 && x.shape.size() > 0 && (x.dtype == DType::f32 || x.dtype == DType::f64),
                    "cross_entropy: was given logits {}, expected f32 (N,K)", to_string(x));
            require(y.dtype == DType::i32 && y.shape == Shape{x.shape[0]},
                    "cross_entropy: was given labels {}, expected i32 ({}), one per row of the logits", to_string(y),
                    x.shape[0]);
            const double share = p.as<double>();
            require(share >= 0 && share <= 1, "cross_entropy: was given the smoothing {}, expected 0 to 1", share);
            return {Spec({1}, x.dtype)};
        },
        .candidates = with_scratch(candidates(
            run, CUDA(CrossEntropy<float>, cross_entropy), CPU(CrossEntropy<float>, cross_entropy),
            REFERENCE_FOR(CrossEntropy, cross_entropy, float), REFERENCE_FOR(CrossEntropy, cross_entropy, double))),
        .cost = [](const Problem& p) { return cost(p, 3, 1); },
        .vjp = [](const VjpArgs& a) -> Gradients {
            return {cross_entropy_backward(a.in[0], a.in[1], a.dy(), a.as<double>()), std::nullopt};
        }};
    return call(op, {logits, labels}, smoothing);
}

}  // namespace gradus
