#pragma once
#include <functional>

namespace gradus {

/// A place on a line: how far along, and the function and its slope along the line there.
struct LinePoint {
    double t = 0, value = 0, slope = 0;
};

struct LineOptions {
    double c1 = 1e-4, c2 = 0.9;  // how much lower a step has to end, and how much flatter: 0 < c1 < c2 < 1
    int evaluations = 25;        // most of them
    double shortest = 0;         // a bracket that is no longer than this is not looked into
};

/// The line as a function that is expensive to evaluate.
struct Line {
    std::function<LinePoint(double t)> at;
    /// That the point evaluated last is now the one to fall back to: whoever wants its gradient later keeps it now.
    std::function<void()> keep = [] {};
};

struct LineResult {
    LinePoint point;          // where to go; the start, where nothing was found
    bool found = false;       // it is lower than the start, by enough
    bool newest = false;      // it is the point evaluated last, not one kept before
    bool not_finite = false;  // a value or a slope on the way was NaN or infinite
    int evaluations = 0;
    int number = 0;  // of the evaluation that the point is from: 1 is the first; 0: none, it is the start
};

/// Looks for a point of a line with the strong Wolfe conditions
///
///     f(t) <= f(0) + c1 t f'(0)        |f'(t)| <= c2 |f'(0)|
///
/// from t = `first` outwards until a bracket holds one, then inwards by cubic interpolation. A value that is not finite
/// counts as a wall: the search goes back to a tenth of the way. Where evaluations run out, or the bracket is as short
/// as allowed, it ends at the lowest point with the first condition, if there was one.
///
/// units     start.slope < 0
/// cost      at most `evaluations` calls of line.at
/// throws    what line.at throws
/// paper     Nocedal & Wright 2006, Numerical optimization, algorithms 3.5 and 3.6; (3.59), the cubic
LineResult search_line(const LinePoint& start, double first, const Line& line, const LineOptions& options = {});

}  // namespace gradus
