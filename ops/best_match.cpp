#include "ops/best_match.h"

#include "engine/candidates.h"
#include "engine/require.h"
#include "engine/shapes.h"
#include "kernels/best_match.h"

namespace gradus {

Var best_match(Var x, Var guide) {
    static const auto run = []<class T>(kernels::BestMatch<T>* kernel, const Call& c) {
        const Shape &shape = c.in[0].spec.shape, &rows = c.in[1].spec.shape;
        kernel(pixels<const T>(c.in[0]), pixels<const T>(c.in[1]), pixels<T>(c.out[0]), shape.pixels(), rows.pixels(),
               shape.channels(), c.stream);
    };
    static const Op op{
        .name = "best_match",
        .infer = [](const Problem& p) -> std::vector<Spec> {
            require(p.in[0].shape.channels() == p.in[1].shape.channels() && p.in[0].dtype == p.in[1].dtype,
                    "best_match: was given {} and a guide {}, expected the same channels and type", to_string(p.in[0]),
                    to_string(p.in[1]));
            return like_first(p);
        },
        .candidates = candidates(run, CUDA(BestMatch<float>, best_match), CUDA(BestMatch<bf16>, best_match),
                                 CPU(BestMatch<float>, best_match), CPU(BestMatch<bf16>, best_match),
                                 REFERENCE(BestMatch, best_match)),
        .cost =
            [](const Problem& p) {
                const auto values = static_cast<double>(p.in[0].shape.size());
                const auto rows = static_cast<double>(p.in[1].shape.pixels());
                return Cost{2 * values * rows, 2 * values * static_cast<double>(size_of(p.in[0].dtype))};
            },
        .vjp = [](const VjpArgs&) -> Gradients { return {}; },
    };
    return call(op, {x, guide});
}

}  // namespace gradus
