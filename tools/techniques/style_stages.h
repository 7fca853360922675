#pragma once
#include "tools/techniques/style.h"

namespace gradus {

/// One size of a run.
struct StyleStage {
    Search search;
    int height = 0, width = 0;
    std::optional<Image> start = {};                   // of the first size; not given: as the search starts
    std::function<Image(const Image&)> finished = {};  // what is shown of a picture
    bool tile = false;                                 // past an edge lies the opposite one
};

/// Runs searches at one size after the other, each from the result of the one before, as long as there is one.
///
/// cost      that of the searches; one at a time is in memory
StyleResult run_stages(const StyleOptions& options, const std::function<StyleStage(std::size_t)>& stage,
                       const PlanOptions& plans, const StyleWatcher& watch);

/// How many steps size `stage` has, and all of them together.
int steps_at(const StyleOptions& options, std::size_t stage);
int steps_of(const StyleOptions& options);

}  // namespace gradus
