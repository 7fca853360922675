#include "kernels/add.h"

#include "engine/candidates.h"
#include "engine/graph.h"
#include "engine/require.h"
#include "engine/shapes.h"

namespace gradus {

Var add(Var a, Var b) {
    static const auto run = []<class T>(kernels::Add<T>* kernel, const Call& c) {
        const Shape& shape = c.out[0].spec.shape;
        kernel(pixels<const T>(c.in[0]), pixels<const T>(c.in[1]), pixels<T>(c.out[0]), shape.pixels(),
               shape.channels(), c.stream);
    };
    static const Op op{
        .name = "add",
        .infer = [](const Problem& p) -> std::vector<Spec> {
            require(p.in[0].shape == p.in[1].shape && p.in[0].dtype == p.in[1].dtype,
                    "add: was given {} and {}, expected two of the same shape and type", to_string(p.in[0]),
                    to_string(p.in[1]));
            return like_first(p);
        },
        .candidates = candidates(run, CUDA(Add<float>, add), CUDA(Add<bf16>, add), CPU(Add<float>, add),
                                 CPU(Add<bf16>, add), REFERENCE(Add, add)),
        .cost = per_element(1, 3),
        .vjp = [](const VjpArgs& g) -> Gradients {
            return {g.dy(), g.dy()};
        },
        .kind = OpKind::add,
        .in_place = {0, 1},
    };
    return call(op, {a, b});
}

}  // namespace gradus
