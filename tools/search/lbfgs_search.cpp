#include "tools/search/lbfgs_search.h"

#include <cmath>
#include <utility>

#include "engine/require.h"
#include "tools/search/wolfe_line.h"

namespace gradus {
namespace {

const WolfeOptions& checked(const Tensor& x, const Tensor& gradient, const WolfeOptions& o) {
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
    return o;
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

LbfgsSearch::LbfgsSearch(const Tensor& x, const Tensor& gradient, std::function<double()> evaluate,
                         const WolfeOptions& o, const PlanOptions& plans)
    : options_(checked(x, gradient, o)),
      vectors_(x, gradient, o.history, o.box, plans),
      evaluate_(std::move(evaluate)) {
    vectors_.enter();
    now_.value = evaluate_();
    now_.evaluations = 1;
    now_.gradient = vectors_.largest_slope();
    if (!std::isfinite(now_.value) || !std::isfinite(now_.gradient))
        over_ = StopReason::not_finite;
    else if (now_.gradient <= o.gradient_tolerance)
        over_ = StopReason::small_gradient;
    else if (o.steps == 0)
        over_ = StopReason::steps;
}

bool LbfgsSearch::step() {
    while (!over_) {
        vectors_.begin();
        const LineResult line = search_along(vectors_, vectors_.aim(), now_.value, evaluate_, options_);
        const int before = std::exchange(now_.evaluations, now_.evaluations + line.evaluations);
        if (!line.found) {
            if (fresh_) over_ = line.not_finite ? StopReason::not_finite : StopReason::line_search;
            vectors_.forget();
            fresh_ = true;
            continue;
        }
        fresh_ = false;
        ++now_.step;
        now_.value = line.point.value;
        now_.found = before + line.number;
        now_.gradient = vectors_.largest_slope();
        now_.change = vectors_.largest_change();
        if (now_.change <= options_.change_tolerance)
            over_ = StopReason::no_change;
        else if (now_.gradient <= options_.gradient_tolerance)
            over_ = StopReason::small_gradient;
        else if (now_.step >= options_.steps)
            over_ = StopReason::steps;
        return true;
    }
    return false;
}

WolfeResult lbfgs_search(const Tensor& x, const Tensor& gradient, const std::function<double()>& evaluate,
                         const WolfeOptions& options, const PlanOptions& plans, const WolfeWatcher& watch) {
    LbfgsSearch search(x, gradient, evaluate, options, plans);
    const WolfeStep& now = search.now();
    bool stopped = false;
    while (!stopped && search.step()) stopped = watch && !watch(now);
    return {stopped ? StopReason::watcher : *search.over(), now.value, now.step, now.evaluations};
}

}  // namespace gradus
