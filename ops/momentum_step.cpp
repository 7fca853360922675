#include "ops/momentum_step.h"

#include "engine/candidates.h"
#include "engine/shapes.h"

namespace gradus {

std::vector<Var> momentum_step(Var x, Var gradient, Var rate, const Tensor& speed, const MomentumOptions& o) {
    static const auto run = []<class T>(kernels::MomentumStep<T>* kernel, const Call& c) {
        kernel(pointer<T>(c.out[0]), pointer<T>(c.out[1]), pointer<const T>(c.in[2]), pointer<const T>(c.in[3]),
               c.out[0].spec.shape.size(), c.problem.as<MomentumOptions>(), c.stream);
    };
    static const Op op{
        .name = "momentum_step",
        .infer = [](const Problem& p) { return states(p, 2); },
        .candidates = dense(candidates(
            run, CUDA(MomentumStep<float>, momentum_step), CPU(MomentumStep<float>, momentum_step),
            REFERENCE_FOR(MomentumStep, momentum_step, float), REFERENCE_FOR(MomentumStep, momentum_step, double))),
        .cost = per_element(8, 5),
        .kind = OpKind::assign};
    require_step("momentum_step", x, gradient, rate, {speed}, o.box);
    return x.graph->call(op, {x, x.graph->leaf(speed), gradient, rate}, o);
}

}  // namespace gradus
