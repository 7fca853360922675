#include "ops/increment.h"

#include "engine/candidates.h"
#include "engine/require.h"
#include "engine/shapes.h"
#include "kernels/increment.h"

namespace gradus {

Var increment(Var x, int by) {
    // A counter is one number: the plain loop is the fast one.
    static const auto kernel = [] {
        Candidate c;
        c.name = "reference";
        c.strided = false;
        c.run = [](const Call& call) {
            kernels::reference::increment(pointer<const std::int32_t>(call.in[0]), pointer<std::int32_t>(call.out[0]),
                                          call.out[0].spec.shape.size(), call.problem.as<std::int32_t>(), call.stream);
        };
        return c;
    }();
    static const Op op{
        .name = "increment",
        .infer = [](const Problem& p) -> std::vector<Spec> {
            require(p.in[0].dtype == DType::i32, "increment: was given {}, expected i32", to_string(p.in[0]));
            return like_first(p);
        },
        .candidates = {kernel},
        .cost = per_element(1, 2),
        .in_place = {0},
    };
    return call(op, {x}, static_cast<std::int32_t>(by));
}

}  // namespace gradus
