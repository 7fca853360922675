#include "ops/normalized_ascent_step.h"

#include "engine/candidates.h"
#include "engine/require.h"
#include "engine/shapes.h"

namespace gradus {

Var normalized_ascent_step(Var x, Var gradient, Var rate, const AscentOptions& o) {
    static const auto run = []<class T>(kernels::NormalizedAscentStep<T>* kernel, const Call& c) {
        kernel(pointer<T>(c.out[0]), pointer<const T>(c.in[1]), pointer<const T>(c.in[2]), c.out[0].spec.shape.size(),
               c.problem.as<AscentOptions>(), c.scratch, c.stream);
    };
    static const Op op = [] {
        Op made{.name = "normalized_ascent_step",
                .infer = like_first,
                .candidates = dense(candidates(run, CUDA(NormalizedAscentStep<float>, normalized_ascent_step),
                                               CPU(NormalizedAscentStep<float>, normalized_ascent_step),
                                               REFERENCE_FOR(NormalizedAscentStep, normalized_ascent_step, float),
                                               REFERENCE_FOR(NormalizedAscentStep, normalized_ascent_step, double))),
                .cost =
                    [](const Problem& p) {
                        const bool normed = p.as<AscentOptions>().norm != AscentNorm::none;
                        return per_element(normed ? 4 : 2, normed ? 4 : 3)(p);
                    },
                .kind = OpKind::assign};
        for (Candidate& c : made.candidates)
            if (c.name != "reference")
                c.scratch = [on_cuda = c.on != DeviceKind::cpu](const Problem& p, void*) {
                    return static_cast<std::size_t>(kernels::ascent_scratch(p.in[0].shape.size(), on_cuda));
                };
        return made;
    }();
    require_step("normalized_ascent_step", x, gradient, rate, {}, o.box);
    require(x.shape().size() > 0, "normalized_ascent_step: was given {}, expected at least one element",
            to_string(x.spec()));
    return call(op, {x, gradient, rate}, o);
}

}  // namespace gradus
