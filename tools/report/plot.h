#pragma once
#include <string>
#include <vector>

namespace gradus {

/// What a number was at each step, the first being step 1. NaN and infinity leave a gap.
struct Curve {
    std::string name = {};
    std::vector<double> values = {};
};

/// Curves over the same steps.
struct Plot {
    std::string title = {};
    std::vector<Curve> curves = {};
    bool log = false;  // logarithmic, of values above 0; the others leave gaps
    std::string steps = "step";
};

/// The plot for a page: a legend with the first and last value of each curve, then an SVG with axes and round ticks.
/// Colors come from the page's style, as classes c0 to c7; from the ninth curve on lines are dashed. Of more than some
/// thousand steps, the least and the greatest of neighbors are drawn.
std::string html_of(const Plot& plot);

}  // namespace gradus
