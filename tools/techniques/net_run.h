#pragma once
#include <deque>
#include <vector>

#include "engine/plan.h"
#include "nets/net.h"

namespace gradus {

/// What a plan was and when it ran, for --profile.
struct RunProfile {
    std::vector<StepReport> steps = {};
    std::deque<TimedRun> runs = {};
};

/// How a technique that looks at a net runs it.
struct NetRun {
    Net net;
    DType activations = DType::f32;
    PlanOptions plans = {};
    RunProfile* profile = nullptr;  // where given: of the last plan that ran

    /// Runs a plan so many times.
    void operator()(Plan& plan, int times = 1) const;
};

}  // namespace gradus
