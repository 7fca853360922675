#pragma once
#include <deque>
#include <functional>
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
    /// Where given: called with 0 before a method takes its first of so many samples, then whenever it has taken some.
    /// On a GPU it makes the host wait for them.
    std::function<void(int taken, int samples)> watch = {};

    /// Runs a plan.
    void operator()(Plan& plan) const;
};

}  // namespace gradus
