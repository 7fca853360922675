#include "tools/search/wolfe_line.h"

#include <algorithm>
#include <cmath>

namespace gradus {
namespace {

bool finite(const LinePoint& p) { return std::isfinite(p.value) && std::isfinite(p.slope); }

/// Where the cubic with the values and slopes of both points is lowest, moved into lo..hi; the middle where it has no
/// lowest point.
double lowest_of_cubic(const LinePoint& a, const LinePoint& b, double lo, double hi) {
    const double d1 = a.slope + b.slope - 3 * (a.value - b.value) / (a.t - b.t);
    const double root = std::copysign(std::sqrt(d1 * d1 - a.slope * b.slope), b.t - a.t);
    const double t = b.t - (b.t - a.t) * (b.slope + root - d1) / (b.slope - a.slope + 2 * root);
    return std::isfinite(t) ? std::clamp(t, lo, hi) : (lo + hi) / 2;
}

struct Search {
    const LinePoint start;
    const Line& line;
    const LineOptions& o;
    LineResult result = {.point = start};

    bool more() const { return result.evaluations < o.evaluations; }
    LinePoint evaluated(double t) {
        const LinePoint p = line.at(t);
        ++result.evaluations;
        result.newest = false;
        result.not_finite = result.not_finite || !finite(p);
        return p;
    }
    bool too_high(const LinePoint& p) const { return p.value > start.value + o.c1 * p.t * start.slope; }
    bool flat_enough(const LinePoint& p) const { return std::abs(p.slope) <= -o.c2 * start.slope; }

    /// The point evaluated last is the one to fall back to.
    void keep(const LinePoint& p) {
        accept(p);
        line.keep();
    }
    void accept(const LinePoint& p) {
        result.point = p;
        result.found = result.newest = true;
        result.number = result.evaluations;
    }

    /// Algorithm 3.5: outwards, until a point is good or lies behind one.
    void bracket(double t) {
        LinePoint before = start;
        while (more()) {
            const LinePoint p = evaluated(t);
            if (!finite(p) || too_high(p) || (before.t > 0 && p.value >= before.value)) return zoom(before, p);
            if (flat_enough(p)) return accept(p);
            keep(p);
            if (p.slope >= 0) return zoom(p, before);
            t = lowest_of_cubic(before, p, p.t + 0.01 * (p.t - before.t), 10 * p.t);
            before = p;
        }
    }

    /// Algorithm 3.6: inwards. `low` is the lowest point with the first condition, which is kept, and the slope there
    /// goes down towards `high`. A bracket that two cubics left longer than two thirds is halved.
    void zoom(LinePoint low, LinePoint high) {
        double last = HUGE_VAL, before = HUGE_VAL;  // lengths
        while (more() && std::abs(high.t - low.t) > o.shortest) {
            const double way = high.t - low.t, length = std::abs(way), margin = 0.1 * length;
            double t = low.t + way / 2;
            if (!finite(high))
                t = low.t + way / 10;
            else if (length <= before * 2 / 3)  // no nearer to an end than a tenth, so that the bracket shrinks
                t = lowest_of_cubic(low, high, std::min(low.t, high.t) + margin, std::max(low.t, high.t) - margin);
            before = last;
            last = length;
            const LinePoint p = evaluated(t);
            if (!finite(p) || too_high(p) || p.value >= low.value) {
                high = p;
                continue;
            }
            if (flat_enough(p)) return accept(p);
            if (p.slope * (high.t - low.t) >= 0) high = low;
            low = p;
            keep(p);
        }
    }
};

}  // namespace

LineResult search_line(const LinePoint& start, double first, const Line& line, const LineOptions& options) {
    Search search{.start = start, .line = line, .o = options};
    search.bracket(first);
    return search.result;
}

}  // namespace gradus
