#include "tools/search/optimizer.h"

#include <cmath>

#include "ops/arithmetic.h"
#include "ops/lbfgs.h"
#include "ops/pointwise.h"
#include "ops/reduce.h"
#include "ops/rmsprop_step.h"

namespace gradus {
namespace {

/// Of the first step of L-BFGS, all numbers together: as long as if they were 0..255. A longer one may leave the place
/// whose curvature is asked for, and what follows is as wild as a guess at that.
constexpr double first_length = 1.0 / 255;

Tensor like(const Spec& numbers) { return zeros(Spec(numbers.shape, numbers.dtype)); }

}  // namespace

Optimizer ascent(StepSchedule rate, AscentNorm norm) {
    return {
        .name = "ascent",
        .rate = std::move(rate),
        .start = [](const Spec&) -> OptimizerState { return {}; },
        .step =
            [norm](Var x, Var gradient, Var r, const kernels::Box& box, const OptimizerState&) {
                return std::vector<Var>{normalized_ascent_step(x, gradient, scale(r, -1), {.norm = norm, .box = box})};
            }};
}

Optimizer progress(StepSchedule desired, double largest) {
    return {.name = "progress",
            .rate = std::move(desired),
            .start = [](const Spec&) -> OptimizerState { return {}; },
            .step =
                [largest](Var x, Var gradient, Var gain, const kernels::Box& box, const OptimizerState&) {
                    // Where nothing moves, both are 0: the tiny number makes 0 of 0 / 0.
                    Var square = add(sum_squares(gradient), x.graph->number(1e-30f));
                    Var rate = clip(divide(gain, square), 0, largest);
                    return std::vector<Var>{
                        normalized_ascent_step(x, gradient, scale(rate, -1), {.norm = AscentNorm::none, .box = box})};
                }};
}

Optimizer momentum(StepSchedule rate, double momentum, bool nesterov) {
    return {.name = "momentum",
            .rate = std::move(rate),
            .start = [](const Spec& x) -> OptimizerState {
                return {{"speed", like(x)}};
            },
            .step =
                [=](Var x, Var gradient, Var r, const kernels::Box& box, const OptimizerState& state) {
                    return momentum_step(x, gradient, r, state[0].second,
                                         {.momentum = momentum, .nesterov = nesterov, .box = box});
                }};
}

Optimizer adam(StepSchedule rate, double beta1, double beta2, double eps) {
    return {.name = "adam",
            .rate = std::move(rate),
            .start = [](const Spec& x) -> OptimizerState {
                const AdamState s = adam_state(x);
                return {{"mean", s.mean}, {"square", s.square}, {"steps", s.steps}};
            },
            .step =
                [=](Var x, Var gradient, Var r, const kernels::Box& box, const OptimizerState& s) {
                    return adam_step(x, gradient, r, {s[0].second, s[1].second, s[2].second},
                                     {.beta1 = beta1, .beta2 = beta2, .eps = eps, .box = box});
                },
            .possible =
                [](const OptimizerState& s, int steps) {
                    const std::int32_t counted = s[2].second.values<std::int32_t>()[0];
                    return counted >= 0 && counted <= steps;
                }};
}

Optimizer rmsprop(StepSchedule rate, double decay, double eps) {
    return {.name = "rmsprop",
            .rate = std::move(rate),
            .start = [](const Spec& x) -> OptimizerState {
                return {{"square", like(x)}};
            },
            .step =
                [=](Var x, Var gradient, Var r, const kernels::Box& box, const OptimizerState& s) {
                    return rmsprop_step(x, gradient, r, s[0].second, {.decay = decay, .eps = eps, .box = box});
                }};
}

Optimizer lbfgs(StepSchedule rate, int history, double longest) {
    return {.name = "lbfgs",
            .rate = rate,
            .start = [history](const Spec& x) -> OptimizerState {
                const LbfgsState s = lbfgs_state(x, history);
                return {{"history", s.history}, {"memory", s.memory}};
            },
            .step =
                [longest](Var x, Var gradient, Var r, const kernels::Box& box, const OptimizerState& s) {
                    return lbfgs_step(
                        x, gradient, r, {s[0].second, s[1].second},
                        {.rule = {.eps = 0, .first = first_length}, .longest = longest, .box = {box.lo, box.hi}});
                },
            .possible =
                [](const OptimizerState& s, int steps) {
                    // Pairs and steps so far: from them follow the rows that kernels read and write.
                    const auto memory = s[1].second.values<double>();
                    return memory[0] == std::floor(memory[0]) && memory[1] == std::floor(memory[1]) && memory[0] >= 0 &&
                           memory[0] <= memory[1] && memory[1] <= steps;
                },
            .history = history,
            .remembering = [rate, longest](int fewer) { return lbfgs(rate, fewer, longest); }};
}

Optimizer wolfe(int history) {
    return {.name = "wolfe",
            .start = [](const Spec&) -> OptimizerState { return {}; },
            .along_lines = WolfeOptions{.history = history, .gradient_tolerance = 0}};
}

}  // namespace gradus
