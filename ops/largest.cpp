#include "ops/largest.h"

#include "engine/candidates.h"
#include "kernels/largest.h"
#include "ops/optimizer_step.h"

namespace gradus {

Var largest(Var x) {
    static const auto run = []<class T>(kernels::Largest<T>* kernel, const Call& c) {
        kernel(pointer<const T>(c.in[0]), pointer<T>(c.out[0]), c.in[0].spec.shape.size(), c.scratch, c.stream);
    };
    static const Op op = [] {
        Op made{.name = "largest",
                .infer = [](const Problem& p) -> std::vector<Spec> { return {Spec(Shape{1}, p.in[0].dtype)}; },
                .candidates =
                    dense(candidates(run, CUDA(Largest<float>, largest), CPU(Largest<float>, largest),
                                     REFERENCE_FOR(Largest, largest, float), REFERENCE_FOR(Largest, largest, double))),
                .cost =
                    [](const Problem& p) {
                        const auto n = static_cast<double>(p.in[0].shape.size());
                        return Cost{n, n * static_cast<double>(size_of(p.in[0].dtype))};
                    }};
        for (Candidate& c : made.candidates)
            if (c.name != "reference")
                c.scratch = [](const Problem& p, void*) {
                    return kernels::largest_scratch_bytes(p.in[0].shape.size());
                };
        return made;
    }();
    return call(op, {x});
}

}  // namespace gradus
