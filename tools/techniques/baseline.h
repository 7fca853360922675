#pragma once
#include "engine/plan.h"
#include "nets/net.h"

namespace gradus {

/// A picture that stands for "nothing to see": black, the mean color that the net was trained with (what it sees as 0),
/// or the picture itself, blurred until only its colors are left.
enum class Baseline { black, mean, blur };

/// shapes    picture (1,H,W,3) -> the same
/// units     the blur's sigma is a twentieth of the shorter side
Tensor baseline_of(const Tensor& picture, Baseline baseline, const Net& net, const PlanOptions& plans = {});

}  // namespace gradus
