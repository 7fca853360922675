#include "ops/rmsprop_step.h"

#include "engine/candidates.h"
#include "engine/require.h"
#include "engine/shapes.h"

namespace gradus {

std::vector<Var> rmsprop_step(Var x, Var gradient, Var rate, const Tensor& square, const RmspropOptions& o) {
    static const auto run = []<class T>(kernels::RmspropStep<T>* kernel, const Call& c) {
        kernel(pointer<T>(c.out[0]), pointer<T>(c.out[1]), pointer<const T>(c.in[2]), pointer<const T>(c.in[3]),
               c.out[0].spec.shape.size(), c.problem.as<RmspropOptions>(), c.stream);
    };
    static const Op op{
        .name = "rmsprop_step",
        .infer = [](const Problem& p) { return states(p, 2); },
        .candidates = dense(candidates(
            run, CUDA(RmspropStep<float>, rmsprop_step), CPU(RmspropStep<float>, rmsprop_step),
            REFERENCE_FOR(RmspropStep, rmsprop_step, float), REFERENCE_FOR(RmspropStep, rmsprop_step, double))),
        .cost = per_element(8, 5),
        .kind = OpKind::assign};
    require_step("rmsprop_step", x, gradient, rate, {square}, o.box);
    require(o.decay >= 0 && o.decay < 1 && o.eps >= 0,
            "rmsprop_step: decay {} and eps {}, expected 0 <= decay < 1 and eps >= 0", o.decay, o.eps);
    return x.graph->call(op, {x, x.graph->leaf(square), gradient, rate}, o);
}

}  // namespace gradus
