#include "ops/latch.h"

#include "engine/candidates.h"
#include "engine/require.h"
#include "ops/numbers.h"

namespace gradus {
namespace {

struct Attrs {
    bool scored = false;  // whether the last input is the score
    double level = 0;
};

}  // namespace

Var latch(Var held, const std::vector<Var>& finite, std::optional<Var> reached, double level) {
    static const auto run = [](kernels::Latch* kernel, const Call& c) {
        const Attrs& a = c.problem.as<Attrs>();
        const std::size_t scores = a.scored ? 1 : 0;
        kernel(pointer<const std::int32_t>(c.in[0]), numbers_at(c.in.subspan(1, c.in.size() - 1 - scores)),
               numbers_at(c.in.last(scores)), a.level, pointer<std::int32_t>(c.out[0]), c.stream);
    };
    static const auto any_type = [](std::vector<Candidate> list) {
        for (Candidate& c : list) c.declines = {};  // the types are the op's own, and checked there
        return list;
    };
    static const Op op{
        .name = "latch",
        .infer = [](const Problem& p) -> std::vector<Spec> {
            const Spec one(Shape{1}, DType::i32);
            require(p.in[0] == one, "latch: was given {} as held, expected i32 (1)", to_string(p.in[0]));
            return {one};
        },
        // A handful of numbers: on the processor the plain loop is the fast one.
        .candidates = any_type(candidates(
            run, CUDA(Latch, latch), Entry<kernels::Latch>{"reference", DeviceKind::cpu, &kernels::reference::latch})),
        .cost =
            [](const Problem& p) {
                Cost cost{.flops = static_cast<double>(p.in.size())};
                for (const auto* specs : {&p.in, &p.out})
                    for (const Spec& spec : *specs) cost.bytes += static_cast<double>(spec.bytes());
                return cost;
            }};
    std::vector<Var> numbers = finite;
    if (reached) numbers.push_back(*reached);
    require(!numbers.empty(), "latch: was given no number to look at, expected some that must stay finite, or a score");
    require_numbers("latch", numbers);
    require(level == level, "latch: was given the level {}, expected a number", level);
    std::vector<Var> in{held};
    in.insert(in.end(), numbers.begin(), numbers.end());
    return call(op, in, Attrs{reached.has_value(), level});
}

}  // namespace gradus
