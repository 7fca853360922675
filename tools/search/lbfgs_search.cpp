#include "tools/search/lbfgs_search.h"

#include <cmath>

#include "engine/require.h"
#include "tools/search/search_vectors.h"
#include "tools/search/wolfe_line.h"

namespace gradus {
namespace {

void check(const Tensor& x, const Tensor& gradient, const WolfeOptions& o) {
    require(x && (x.dtype() == DType::f32 || x.dtype() == DType::f64),
            "lbfgs_search: was given x {}, expected f32 or f64", x ? to_string(x.spec()) : "that is no tensor");
    require(gradient && gradient.shape() == x.shape() && gradient.dtype() == x.dtype(),
            "lbfgs_search: was given a gradient {} for x {}, expected the same shape and type",
            gradient ? to_string(gradient.spec()) : "that is no tensor", to_string(x.spec()));
    require(o.c1 > 0 && o.c1 < o.c2 && o.c2 < 1, "lbfgs_search: c1 {} and c2 {}, expected 0 < c1 < c2 < 1", o.c1, o.c2);
    require(o.steps >= 0 && o.evaluations >= 1,
            "lbfgs_search: {} steps of at most {} evaluations, expected none or more, of 1 or more", o.steps,
            o.evaluations);
    require(o.box.lo <= o.box.hi, "lbfgs_search: was given the box {}..{}, expected the lower bound first", o.box.lo,
            o.box.hi);
}

/// Looks along a direction, and leaves x and the gradient at what was found, or where the step began.
LineResult search_along(SearchVectors& v, const SearchVectors::Aim& aim, double value,
                        const std::function<double()>& evaluate, const WolfeOptions& o) {
    LineResult found{.point = {0, value, aim.slope}, .not_finite = !std::isfinite(aim.slope)};
    if (aim.slope < 0 && std::isfinite(aim.largest)) {
        const Line line{.at =
                            [&](double t) {
                                v.go(t);
                                const double at = evaluate();
                                return LinePoint{t, at, std::isfinite(at) ? v.slope() : at};
                            },
                        .keep = [&] { v.keep(); }};
        found = search_line(
            found.point, 1, line,
            {.c1 = o.c1, .c2 = o.c2, .evaluations = o.evaluations, .shortest = o.change_tolerance / aim.largest});
    }
    if (found.found && found.newest) return found;
    if (found.found)
        v.go(found.point.t);
    else
        v.back();
    v.restore_gradient();
    return found;
}

}  // namespace

const char* to_string(StopReason reason) {
    switch (reason) {
        case StopReason::steps:
            return "all steps are done";
        case StopReason::small_gradient:
            return "the gradient is below the tolerance";
        case StopReason::no_change:
            return "the last step changed x by less than the tolerance";
        case StopReason::line_search:
            return "the line search found nothing lower, straight down the gradient neither";
        case StopReason::not_finite:
            return "the value or its gradient is not finite beyond x, the last good point";
        case StopReason::watcher:
            return "the watcher stopped it";
    }
    return "";
}

WolfeResult lbfgs_search(const Tensor& x, const Tensor& gradient, const std::function<double()>& evaluate,
                         const WolfeOptions& o, const PlanOptions& plans, const WolfeWatcher& watch) {
    check(x, gradient, o);
    SearchVectors v(x, gradient, o.history, o.box, plans);
    v.enter();
    WolfeResult result{.value = evaluate(), .evaluations = 1};
    double slope = v.largest_slope();
    const auto ended = [&](StopReason reason) {
        result.reason = reason;
        return result;
    };
    if (!std::isfinite(result.value) || !std::isfinite(slope)) return ended(StopReason::not_finite);
    for (bool fresh = true;;) {  // without a history: steepest descent
        if (slope <= o.gradient_tolerance) return ended(StopReason::small_gradient);
        if (result.steps >= o.steps) return ended(StopReason::steps);
        v.begin();
        const LineResult line = search_along(v, v.aim(), result.value, evaluate, o);
        result.evaluations += line.evaluations;
        if (!line.found) {
            if (fresh) return ended(line.not_finite ? StopReason::not_finite : StopReason::line_search);
            v.forget();
            fresh = true;
            continue;
        }
        fresh = false;
        result.value = line.point.value;
        slope = v.largest_slope();
        const double change = v.largest_change();
        ++result.steps;
        if (watch && !watch({result.steps, result.evaluations, result.value, slope, change}))
            return ended(StopReason::watcher);
        if (change <= o.change_tolerance) return ended(StopReason::no_change);
    }
}

}  // namespace gradus
