#include <fmt/ranges.h>

#include <algorithm>

#include "engine/require.h"
#include "engine/schedule.h"

namespace gradus {
namespace {

std::string names_of(const Op& op, DeviceKind device) {
    std::vector<std::string> names;  // one kernel may be there once per storage type
    for (const Candidate& c : op.candidates)
        if (c.on == device && std::find(names.begin(), names.end(), c.name) == names.end()) names.push_back(c.name);
    return fmt::format("{}", fmt::join(names, ", "));
}

/// Whether its packed filters take more room than what goes in besides and what comes out.
bool takes_room(const Candidate& candidate, const Problem& p) {
    if (!candidate.roomy) return false;
    std::size_t values = 0;
    for (std::size_t i = 0; i < p.in.size(); ++i)
        if (i != candidate.packing->input) values += p.in[i].bytes();
    for (const Spec& out : p.out) values += out.bytes();
    return candidate.packing->bytes(p, nullptr) > values;
}

const Candidate* first_that_takes(PlannedStep& step, DeviceKind device, std::string_view wanted, bool lean) {
    step.declined.clear();
    for (const Candidate& candidate : step.op->candidates) {
        if (candidate.on != device) continue;
        std::string reason = !wanted.empty() && !KernelFilter::matches(wanted, candidate.name) ? "not asked for"
                             : candidate.declines ? candidate.declines(step.problem)
                                                  : std::string();
        // Not where somebody has named the kernels.
        if (reason.empty() && lean && wanted.empty() && takes_room(candidate, step.problem))
            reason = "its packed filters take too much room";
        if (reason.empty()) return &candidate;
        step.declined.push_back(candidate.name + ": " + std::move(reason));
    }
    return nullptr;
}

}  // namespace

void choose(Schedule& schedule, const PlanOptions& options) {
    const DeviceKind device = options.device->kind();
    for (PlannedStep& step : schedule.steps) {
        step.problem.threads = options.threads;
        step.problem.device = options.device;
        step.problem.tf32 = options.tf32;
        bool by_op = false;
        const std::string_view wanted = options.kernels.wanted(step.op->name, by_op);
        step.kernel = first_that_takes(step, device, wanted, options.lean);
        if (!step.kernel && !wanted.empty() && !by_op) step.kernel = first_that_takes(step, device, {}, options.lean);
        if (step.kernel) continue;
        std::string reasons;
        for (const std::string& reason : step.declined) reasons += "\n  " + reason;
        throw Error(fmt::format("plan: no kernel for {} of {} on {}{}; there are {}{}", step.op->name,
                                step.problem.in.empty() ? "nothing" : to_string(step.problem.in[0]), to_string(device),
                                by_op ? fmt::format(" is called {}", wanted) : "", names_of(*step.op, device),
                                reasons));
    }
}

}  // namespace gradus
