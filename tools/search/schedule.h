#pragma once
#include <string_view>
#include <utility>
#include <vector>

#include "engine/graph.h"

namespace gradus {

/// A number that changes over the steps of a search: straight lines from point to point, level before the first and
/// after the last.
class StepSchedule {
public:
    StepSchedule(double always) : points_{{0, always}} {}
    /// throws    when there is no point, their steps do not rise, or a value is not finite
    StepSchedule(std::vector<std::pair<int, double>> points);

    double at(int step) const;
    bool constant() const { return points_.size() == 1; }

    /// The same times a factor.
    StepSchedule scaled(double factor) const;

    /// The number at the step that a run finds in `step`, i32 (1), from a table of `steps` entries on the device.
    Var record(Var step, int steps) const;

private:
    std::vector<std::pair<int, double>> points_;  // step, value
};

/// Reads "0.05", or "0:0.1,100:0.01": STEP:VALUE, separated by commas.
///
/// throws    "schedule: "0:a" is not STEP:VALUE ..."
StepSchedule parse_schedule(std::string_view text);

}  // namespace gradus
