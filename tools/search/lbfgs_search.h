#pragma once
#include <functional>
#include <optional>

#include "engine/plan.h"
#include "kernels/box.h"
#include "tools/search/search_vectors.h"

namespace gradus {

struct WolfeOptions {
    int history = 20;  // pairs that are remembered, 1 to 100
    int steps = 100;
    double c1 = 1e-4, c2 = 0.9;        // of the strong Wolfe conditions: 0 < c1 < c2 < 1
    int evaluations = 25;              // most per step
    double gradient_tolerance = 1e-7;  // of its largest entry; below 0 it never stops the search
    double change_tolerance = 1e-9;    // of the entry of x that changes most in a step; the same
    kernels::Box box = {};
};

/// Why a search ended.
enum class StopReason { steps, small_gradient, no_change, line_search, not_finite, watcher };

/// The reason as a sentence: "the steps are done".
const char* to_string(StopReason reason);

/// What a step left behind, for whoever watches.
struct WolfeStep {
    int step = 0;         // from 1; 0: the start
    int evaluations = 0;  // all so far
    double value = 0;     // after the step
    double gradient = 0;  // its largest entry, without those that the box pins
    double change = 0;    // of the entry of x that changed most
    int found = 1;        // which of all evaluations x and its value are from
};

/// Returns false to stop.
using WolfeWatcher = std::function<bool(const WolfeStep&)>;

struct WolfeResult {
    StopReason reason = StopReason::steps;
    double value = 0;  // at x as the search left it
    int steps = 0, evaluations = 0;
};

/// Minimizes a function of x by L-BFGS with a line search for the strong Wolfe conditions. `evaluate` computes its
/// value at x as x is then, and writes its slope there into `gradient`; all vectors stay on the device of the plans,
/// and a few numbers per evaluation come to the host. No step ends higher than it began. A direction that does not
/// descend, and one along which nothing lower is found, forgets the history: the next one is steepest descent, and only
/// if that fails too the search ends. What is not finite is stepped back from. In the end, x is the last good point,
/// and `gradient` belongs to it.
///
/// With a box it is projected L-BFGS, not L-BFGS-B: entries at an edge that the gradient pushes out are held, the
/// direction is that of the free ones, and what leaves the box on the way along it is moved back. Such a path has
/// kinks, so a step meets the first Wolfe condition, but not always the second; and there is no search along the
/// projected gradient for the set of edges, which may therefore be found one by one.
///
/// shapes    x, gradient the same, f32 or f64 (plans of the reference kernels)
/// cost      besides `evaluate`: per step some 4 history + 35 values read or written per element (6 history + 55 in a
///           box), per evaluation some 9 (14); memory for 2 history + 5 tensors like x, and a few in the plans' arena
/// throws    when shapes or types differ, an option is outside its range, and what `evaluate` throws
/// paper     Nocedal & Wright 2006, Numerical optimization, chapters 3 and 7; Bertsekas 1982, Projected Newton methods
///           for optimization problems with simple constraints
WolfeResult lbfgs_search(const Tensor& x, const Tensor& gradient, const std::function<double()>& evaluate,
                         const WolfeOptions& options, const PlanOptions& plans, const WolfeWatcher& watch = {});

/// The same search, its steps asked for one by one, so that several can take turns.
class LbfgsSearch {
public:
    /// Moves x into the box, and evaluates it. Throws as lbfgs_search does.
    LbfgsSearch(const Tensor& x, const Tensor& gradient, std::function<double()> evaluate, const WolfeOptions& options,
                const PlanOptions& plans);

    /// Takes a step. False where there was none to take: then the search is over.
    bool step();
    /// Why the search is over, which may be known as soon as a step is taken; nothing: it goes on.
    std::optional<StopReason> over() const { return over_; }
    /// What the last step left, or the start. Evaluations count those that found nothing, too.
    const WolfeStep& now() const { return now_; }

private:
    WolfeOptions options_;
    SearchVectors vectors_;
    std::function<double()> evaluate_;
    WolfeStep now_ = {};
    std::optional<StopReason> over_ = {};
    bool fresh_ = true;  // no history: the next direction is steepest descent
};

}  // namespace gradus
