#include "ops/avg_pool2d.h"

#include "engine/candidates.h"

namespace gradus {
namespace {

struct AvgPoolAttrs {
    kernels::Pool2dShape shape = {};
    AvgDivisor divisor = AvgDivisor::padded;
};

Cost cost(const Problem& p) {
    const kernels::Pool2dShape& z = p.as<AvgPoolAttrs>().shape;
    const auto windows = static_cast<double>(z.N * z.P * z.Q * z.C),
               pixels = static_cast<double>(z.N * z.H * z.W * z.C);
    return {windows * static_cast<double>(z.R * z.S),
            (windows + pixels) * static_cast<double>(size_of(p.out[0].dtype))};
}

Var avg_pool2d_backward(Var dy, const AvgPoolAttrs& attrs) {
    static const auto run = []<class T>(kernels::AvgPool2dBackward<T>* kernel, const Call& c) {
        const auto& a = c.problem.as<AvgPoolAttrs>();
        kernel(pixels<const T>(c.in[0]), pixels<T>(c.out[0]), a.shape, a.divisor, c.write, c.stream);
    };
    static const Op op{
        .name = "avg_pool2d_backward",
        .infer = [](const Problem& p) -> std::vector<Spec> {
            const auto& z = p.as<AvgPoolAttrs>().shape;
            return {Spec({z.N, z.H, z.W, z.C}, p.in[0].dtype)};
        },
        .candidates = candidates(
            run, CUDA(AvgPool2dBackward<bf16>, avg_pool2d_backward),
            CUDA(AvgPool2dBackward<float>, avg_pool2d_backward), CPU(AvgPool2dBackward<float>, avg_pool2d_backward),
            CPU(AvgPool2dBackward<bf16>, avg_pool2d_backward), REFERENCE(AvgPool2dBackward, avg_pool2d_backward)),
        .cost = cost,
    };
    return call(op, {dy}, attrs);
}

}  // namespace

Var avg_pool2d(Var x, const Pool2dOptions& options, AvgDivisor divisor) {
    static const auto run = []<class T>(kernels::AvgPool2d<T>* kernel, const Call& c) {
        const auto& a = c.problem.as<AvgPoolAttrs>();
        kernel(pixels<const T>(c.in[0]), pixels<T>(c.out[0]), a.shape, a.divisor, c.stream);
    };
    static const Op op{
        .name = "avg_pool2d",
        .infer = [](const Problem& p) -> std::vector<Spec> {
            const auto& z = p.as<AvgPoolAttrs>().shape;
            return {Spec({z.N, z.P, z.Q, z.C}, p.in[0].dtype)};
        },
        .candidates = candidates(run, CUDA(AvgPool2d<bf16>, avg_pool2d), CUDA(AvgPool2d<float>, avg_pool2d),
                                 CPU(AvgPool2d<float>, avg_pool2d), CPU(AvgPool2d<bf16>, avg_pool2d),
                                 REFERENCE(AvgPool2d, avg_pool2d)),
        .cost = cost,
        .vjp = [](const VjpArgs& a) -> Gradients { return {avg_pool2d_backward(a.dy(), a.as<AvgPoolAttrs>())}; },
    };
    return call(op, {x}, AvgPoolAttrs{pool2d_shape("avg_pool2d", x.shape(), options), divisor});
}

}  // namespace gradus
