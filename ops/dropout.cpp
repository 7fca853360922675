#include "ops/dropout.h"

#include <cmath>

#include "engine/candidates.h"
#include "engine/require.h"
#include "engine/shapes.h"
#include "kernels/dropout.h"
#include "ops/random_draw.h"

namespace gradus {
namespace {

Var apply(Var x, Var step, const kernels::Dropping& dropping) {
    static const auto run = []<class T>(kernels::Dropout<T>* kernel, const Call& c) {
        kernel(pointer<const T>(c.in[0]), pointer<const std::int32_t>(c.in[1]), pointer<T>(c.out[0]),
               c.problem.as<kernels::Dropping>(), c.write, c.stream);
    };
    static const Op op = [] {
        Op made{.name = "dropout",
                .infer = like_first,
                .candidates =
                    candidates(run, CUDA(Dropout<float>, dropout), CUDA(Dropout<bf16>, dropout),
                               CPU(Dropout<float>, dropout), CPU(Dropout<bf16>, dropout), REFERENCE(Dropout, dropout)),
                .cost = per_element(9, 2),
                .vjp = [](const VjpArgs& a) -> Gradients {
                    return {apply(a.dy(), a.in[1], a.as<kernels::Dropping>()), {}};
                },
                .in_place = {0}};
        for (Candidate& c : made.candidates) c.strided = false;  // an element's number is its place in memory
        return made;
    }();
    return call(op, {x, step}, dropping);
}

}  // namespace

Var dropout(Var x, const RandomKey& key, double keep) {
    require(keep > 0 && keep <= 1, "dropout: was asked to keep {}, expected a share of 0 < keep <= 1", keep);
    const kernels::RandomDraw draw = random_draw("dropout", x.shape(), key);
    if (keep == 1) return x;
    return apply(x, key.step, {draw, static_cast<std::uint32_t>(std::ceil(keep * 0x1p24)), keep});
}

}  // namespace gradus
