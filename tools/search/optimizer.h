#pragma once
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "kernels/box.h"
#include "ops/adam_step.h"
#include "ops/momentum_step.h"
#include "ops/normalized_ascent_step.h"
#include "tools/search/lbfgs_search.h"
#include "tools/search/schedule.h"

namespace gradus {

/// What an optimizer remembers from step to step, by name.
using OptimizerState = std::vector<std::pair<std::string, Tensor>>;

/// How far to move, each step: one move, recorded into the plan that makes the gradient.
struct Optimizer {
    std::string name = {};
    StepSchedule rate = 1;  // step length
    /// A state at its start, for numbers of this shape.
    std::function<OptimizerState(const Spec&)> start = {};
    /// Moves the leaf x *down* the gradient, and with it the state; returns what the plan is to be asked for.
    std::function<std::vector<Var>(Var x, Var gradient, Var rate, const kernels::Box&, const OptimizerState&)> step =
        {};
    /// Whether a state of the right shapes, with finite numbers, is one that so many steps may leave: kernels trust
    /// what they remember. Nothing to ask where this is empty.
    std::function<bool(const OptimizerState&, int steps)> possible = {};
    /// How many pairs it remembers, and the same optimizer with a memory for fewer of them; 0: no such thing.
    int history = 0;
    std::function<Optimizer(int history)> remembering = {};
    /// In place of a rate and a step: it looks along lines for how far to go. Steps and box are those of the search.
    std::optional<WolfeOptions> along_lines = {};
};

/// A step of the same length whatever the slope is; see ops/normalized_ascent_step.h. The rate is the mean change of a
/// number (mean_abs), its root mean square (rms), or a factor of the gradient (none).
Optimizer ascent(StepSchedule rate, AscentNorm norm = AscentNorm::mean_abs);

/// Along the gradient, so far that the objective gains `desired` to first order; the factor of the gradient, desired /
/// |g|^2, is kept below a largest one.
///
/// paper     Yosinski et al. 2015, Understanding neural networks through deep visualization ("progress" in its code)
Optimizer progress(StepSchedule desired, double largest);

/// A heavy ball; see ops/momentum_step.h.
Optimizer momentum(StepSchedule rate, double momentum = 0.9, bool nesterov = false);

/// See ops/adam_step.h.
Optimizer adam(StepSchedule rate = 0.05, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8);

/// See ops/rmsprop_step.h.
Optimizer rmsprop(StepSchedule rate = 1, double decay = 0.95, double eps = 1e-8);

/// Steps of a fixed length along the direction of L-BFGS, as torch and neural-style take them, whose numbers are
/// 0..255; see ops/lbfgs.h. No step of rate 1 is longer than `longest`, as a root mean square.
Optimizer lbfgs(StepSchedule rate = 1, int history = 20, double longest = std::numeric_limits<double>::infinity());

/// L-BFGS that looks how far to go along its direction, so that no step ends lower than it began; see lbfgs_search.h.
/// It ends where the slope is 0, not below some number: what a small slope is depends on the objective.
Optimizer wolfe(int history = 20);

}  // namespace gradus
