#pragma once
#include "tools/techniques/mean_gradient.h"

namespace gradus {

struct IntegratedGradients {
    Tensor map;
    double sum = 0;         // of the map
    double difference = 0;  // the unit's value at the picture, minus that at the baseline: what the sum should be
};

/// (x - b) times the mean gradient of a unit on the straight way from the baseline b to the picture x, taken in the
/// middle of each of `samples` equal parts. Summed over the picture it is what the unit gained on the way: each value
/// of the map is a share of that.
///
/// shapes    picture, baseline (1,H,W,3) -> the same
/// cost      `samples` forward and input-gradient passes
/// paper     Sundararajan, Taly & Yan 2017, Axiomatic attribution for deep networks
IntegratedGradients integrated_gradients(const NetRun& run, const Unit& unit, const Tensor& picture,
                                         const Tensor& baseline, int samples = 200);

}  // namespace gradus
