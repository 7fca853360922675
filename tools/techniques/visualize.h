#pragma once
#include "tools/search/search.h"
#include "tools/search/unit.h"

namespace gradus {

/// So many first steps let gradients through dead ReLUs, unless told otherwise.
constexpr int usual_redirected = 16;

struct VisualizeOptions {
    std::vector<Unit> units = {};  // a picture for each
    int height = 224, width = 224;
    bool minimize = false;           // what quiets the unit instead of what excites it
    Objective besides = {};          // costs, negative: total variation and the like
    std::optional<Image> init = {};  // start here instead of from noise
    bool original_colors = false;    // what came out, with the colors of `init`
    SearchOptions search = {};
    SearchState from = {};  // of a run before: go on there; empty: from the start
};

/// A picture of a unit, and what it does to it.
struct Visualization {
    SearchResult search;
    UnitReading before, after;  // of the picture itself, without any transform
};

/// Activation maximization: pictures that excite units of a net most.
///
/// units     objective: see objective_of(Unit); pictures 0..1
/// cost      steps forward and input-gradient passes over the batch of pictures, and two forward passes
/// throws    for a layer, channel, position or class that is not there; for original colors of nothing
/// paper     Erhan et al. 2009, Visualizing higher-layer features of a deep network; Olah, Mordvintsev & Schubert 2017,
///           Feature visualization
std::vector<Visualization> visualize(const Net& net, const VisualizeOptions& options, const PlanOptions& plans,
                                     const SearchWatcher& watch = {});

}  // namespace gradus
