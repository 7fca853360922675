#include "ops/increment.h"

#include "engine/candidates.h"
#include "engine/require.h"
#include "engine/shapes.h"
#include "kernels/increment.h"

namespace gradus {

Var increment(Var x, int by) {
    static const auto run = [](kernels::Increment* kernel, const Call& c) {
        kernel(pointer<const std::int32_t>(c.in[0]), pointer<std::int32_t>(c.out[0]), c.out[0].spec.shape.size(),
               c.problem.as<std::int32_t>(), c.stream);
    };
    static const auto dense = [](std::vector<Candidate> list) {
        for (Candidate& c : list) {
            c.strided = false;
            c.declines = {};  // the type is the op's own, and checked there
        }
        return list;
    };
    static const Op op{
        .name = "increment",
        .infer = [](const Problem& p) -> std::vector<Spec> {
            require(p.in[0].dtype == DType::i32, "increment: was given {}, expected i32", to_string(p.in[0]));
            return like_first(p);
        },
        // A counter is one number: on the processor the plain loop is the fast one.
        .candidates =
            dense(candidates(run, CUDA(Increment, increment),
                             Entry<kernels::Increment>{"reference", DeviceKind::cpu, &kernels::reference::increment})),
        .cost = per_element(1, 2),
        .in_place = {0},
    };
    return call(op, {x}, static_cast<std::int32_t>(by));
}

}  // namespace gradus
