#include "ops/increment.h"

#include <utility>

#include "engine/candidates.h"
#include "engine/require.h"
#include "engine/shapes.h"
#include "kernels/increment.h"

namespace gradus {
namespace {

/// The inputs are x and, if that is a tensor, what it is incremented by; else `by` says it.
Var record(std::vector<Var> in, std::int32_t by) {
    static const auto run = [](kernels::Increment* kernel, const Call& c) {
        kernel(pointer<const std::int32_t>(c.in[0]), c.in.size() > 1 ? pointer<const std::int32_t>(c.in[1]) : nullptr,
               pointer<std::int32_t>(c.out[0]), c.out[0].spec.shape.size(), c.problem.as<std::int32_t>(), c.stream);
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
            require(p.in.size() < 2 || p.in[1] == Spec(Shape{1}, DType::i32),
                    "increment: was given {} to count by, expected i32 (1)", to_string(p.in.back()));
            return like_first(p);
        },
        // A counter is one number: on the processor the plain loop is the fast one.
        .candidates =
            dense(candidates(run, CUDA(Increment, increment),
                             Entry<kernels::Increment>{"reference", DeviceKind::cpu, &kernels::reference::increment})),
        .cost = per_element(1, 2),
        .in_place = {0},
    };
    return call(op, std::move(in), by);
}

}  // namespace

Var increment(Var x, int by) { return record({x}, by); }

Var increment(Var x, Var by) { return record({x, by}, 0); }

}  // namespace gradus
