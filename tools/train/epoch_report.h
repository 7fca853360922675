#pragma once
#include <cstdint>
#include <optional>

#include "tools/train/evaluate.h"

namespace gradus {

/// What became of an epoch.
struct EpochReport {
    int epoch = 0;
    double loss = 0, right = 0;  // means over its batches: of the loss, and percent of samples that were right
    std::optional<Accuracy> held_out = {};
    double pictures_per_second = 0;
};

/// What an epoch comes to so far.
struct EpochSums {
    double loss = 0;
    std::int64_t right = 0, samples = 0;
    int batches = 0;
    double seconds = 0;

    double pictures_per_second() const { return seconds > 0 ? static_cast<double>(samples) / seconds : 0; }
};

}  // namespace gradus
