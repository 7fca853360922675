#include "tools/search/presets.h"

#include <algorithm>

#include "engine/require.h"
#include "tools/search/mean_color.h"

namespace gradus {
namespace {

/// A row of the paper's table, in its units: pictures 0..255 minus the mean.
struct Row {
    std::string name;
    int steps;
    double decay, sigma;  // of a blur every so many steps
    int every;
    double small, idle;    // percent of the pixels
    double rate, desired;  // the largest rate, and what a step is to gain; 0: the rate is always the largest
};
const Row rows[] = {
    // name      steps  decay sigma every small idle  rate desired
    {"yosinski1", 500, 0, 0.5, 4, 50, 0, 100, 2},
    {"yosinski2", 750, 0.3, 0, 0, 20, 0, 100, 0},
    {"yosinski3", 1000, 1e-4, 1, 4, 0, 0, 100, 0},
    {"yosinski4", 1000, 0, 0.5, 4, 0, 90, 1e8, 2},
};
constexpr double start_sigma = 10, white = 255;

}  // namespace

std::vector<std::string> preset_names() {
    std::vector<std::string> names;
    for (const Row& row : rows) names.push_back(row.name);
    return names;
}

// With x = 255 u - mean, a gradient by x is that by u over 255, and a step of rate r in x is one of r / 255^2 in u.
// What a step gains, r |g|^2, and the product g x are the same in both, and so are percentiles and blurs. BGR or RGB is
// all the same: nothing here tells colors apart. The picture is moved into 0..255 right behind the step, there before
// the next one.
void use_preset(const std::string& name, const Net& net, SearchOptions& o) {
    const auto row = std::find_if(std::begin(rows), std::end(rows), [&](const Row& r) { return r.name == name; });
    require(row != std::end(rows), "there is no preset {}, expected yosinski1 to yosinski4", name);
    const std::array<float, 3> mean = mean_color(net);
    PixelOptions pixels{.noise = start_sigma / white};
    for (std::size_t c = 0; c < 3; ++c) pixels.middle[c] = static_cast<double>(mean[c]);
    o.written = pixels_as_they_are(pixels);
    o.transforms = {};
    const double rate = row->rate / (white * white);
    o.optimizer = row->desired > 0 ? progress(row->desired, rate) : ascent(rate, AscentNorm::none);
    o.steps = row->steps;
    o.redirected = 0;
    o.tidies = {};
    if (row->decay > 0) o.tidies.push_back(decay(row->decay));
    if (row->sigma > 0) o.tidies.push_back(blur(row->sigma, row->every));
    if (row->small > 0) o.tidies.push_back(drop_small(row->small));
    if (row->idle > 0) o.tidies.push_back(drop_idle(row->idle));
}

}  // namespace gradus
