#include "ops/adam_step.h"

#include "engine/candidates.h"
#include "engine/require.h"
#include "engine/shapes.h"

namespace gradus {

AdamState adam_state(const Spec& picture) {
    const Spec like(picture.shape, picture.dtype);
    return {zeros(like), zeros(like), zeros(Spec(Shape{1}, DType::i32))};
}

std::vector<Var> adam_step(Var x, Var gradient, Var rate, const AdamState& state, const AdamOptions& o) {
    static const auto run = []<class T>(kernels::AdamStep<T>* kernel, const Call& c) {
        kernel(pointer<T>(c.out[0]), pointer<T>(c.out[1]), pointer<T>(c.out[2]), pointer<std::int32_t>(c.out[3]),
               pointer<const T>(c.in[4]), pointer<const T>(c.in[5]), c.out[0].spec.shape.size(),
               c.problem.as<AdamOptions>(), c.scratch, c.stream);
    };
    static const Op op = [] {
        Op made{.name = "adam_step",
                .infer = [](const Problem& p) { return states(p, 4); },
                .candidates = dense(candidates(run, CUDA(AdamStep<float>, adam_step), CPU(AdamStep<float>, adam_step),
                                               REFERENCE_FOR(AdamStep, adam_step, float),
                                               REFERENCE_FOR(AdamStep, adam_step, double))),
                .cost = per_element(14, 7),
                .kind = OpKind::assign};
        for (Candidate& c : made.candidates)
            if (c.on != DeviceKind::cpu) c.scratch = [](const Problem&, void*) { return kernels::adam_scratch_bytes; };
        return made;
    }();
    require_step("adam_step", x, gradient, rate, {state.mean, state.square}, o.box);
    require(state.steps && state.steps.spec() == Spec(Shape{1}, DType::i32),
            "adam_step: was given no count of steps, expected i32 (1)");
    require(o.beta1 >= 0 && o.beta1 < 1 && o.beta2 >= 0 && o.beta2 < 1 && o.eps >= 0,
            "adam_step: beta1 {}, beta2 {} and eps {}, expected 0 <= beta < 1 and eps >= 0", o.beta1, o.beta2, o.eps);
    Graph& g = *x.graph;
    return g.call(op, {x, g.leaf(state.mean), g.leaf(state.square), g.leaf(state.steps), gradient, rate}, o);
}

}  // namespace gradus
