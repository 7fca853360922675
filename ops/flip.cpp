#include "ops/flip.h"

#include "engine/candidates.h"
#include "engine/require.h"
#include "engine/shapes.h"
#include "kernels/flip.h"
#include "ops/nhwc.h"

namespace gradus {

Var flip(Var x, int axis) {
    static const auto run = []<class T>(kernels::Flip<T>* kernel, const Call& c) {
        const Shape& shape = c.in[0].spec.shape;
        const int turned = c.problem.as<int>();
        kernel(pixels<const T>(c.in[0]), pixels<T>(c.out[0]),
               {shape[0], shape[1], shape[2], shape[3], turned == 1, turned == 2}, c.write, c.stream);
    };
    static const Op op{
        .name = "flip",
        .infer = [](const Problem& p) -> std::vector<Spec> {
            require_nhwc("flip", p.in[0]);
            const int turned = p.as<int>();
            require(turned == 1 || turned == 2, "flip: was given the axis {}, expected 1 (rows) or 2 (columns)",
                    turned);
            return like_first(p);
        },
        .candidates = candidates(run, CUDA(Flip<float>, flip), CUDA(Flip<bf16>, flip), CPU(Flip<float>, flip),
                                 REFERENCE(Flip, flip)),
        .cost = read_and_write(0),
        .vjp = [](const VjpArgs& a) -> Gradients { return {flip(a.dy(), a.as<int>())}; },
    };
    return call(op, {x}, axis);
}

}  // namespace gradus
