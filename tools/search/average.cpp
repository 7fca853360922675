#include "tools/search/average.h"

#include "ops/arithmetic.h"
#include "ops/assign.h"
#include "ops/gate.h"
#include "ops/optimizer_step.h"
#include "ops/pointwise.h"

namespace gradus {

std::vector<Tensor> average_state(const Spec& numbers) { return {zeros(numbers), zeros(Spec(Shape{1}))}; }

// sum = d sum + (1 - d) x, and the same of 1, as steps towards them, which a gate can hold.
std::vector<Var> record_average(Var numbers, Var stop, const std::vector<Tensor>& state, double decay) {
    Graph& g = *numbers.graph;
    const auto towards = [&](const Tensor& kept, Var x) {
        Var before = g.leaf(kept, "average");
        return assign(before, add(before, gate(scale(subtract(x, before), 1 - decay), stop)));
    };
    return {towards(state[0], numbers), towards(state[1], g.number(1))};
}

Var averaged(Var numbers, const std::vector<Tensor>& state, double decay) {
    Graph& g = *numbers.graph;
    Var sum = add(scale(g.leaf(state[0]), decay), scale(numbers, 1 - decay));
    Var weight = add(scale(g.leaf(state[1]), decay), g.number(static_cast<float>(1 - decay)));
    return divide(sum, weight);
}

}  // namespace gradus
