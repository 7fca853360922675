#include <fmt/ranges.h>

#include <algorithm>

#include "engine/require.h"
#include "engine/schedule.h"

namespace gradus {
namespace {

const std::string not_asked = "not asked for";

std::string names_of(const Op& op, DeviceKind device) {
    std::vector<std::string> names;  // one kernel may be there once per storage type
    for (const Candidate& c : op.candidates)
        if (c.on == device && std::find(names.begin(), names.end(), c.name) == names.end()) names.push_back(c.name);
    return fmt::format("{}", fmt::join(names, ", "));
}

/// The filters as they are, and in the form of a kernel that makes them larger.
std::size_t plain_bytes(const Candidate& roomy, const Problem& p) { return p.in[roomy.packing->input].bytes(); }
std::size_t packed_bytes(const Candidate& roomy, const Problem& p) { return roomy.packing->bytes(p, nullptr); }

/// Whether they take more room than what goes in besides and what comes out.
bool takes_room(const Candidate& roomy, const Problem& p) {
    std::size_t values = 0;
    for (std::size_t i = 0; i < p.in.size(); ++i)
        if (i != roomy.packing->input) values += p.in[i].bytes();
    for (const Spec& out : p.out) values += out.bytes();
    return packed_bytes(roomy, p) > values;
}

/// Whether there is room for them; what they take of `extra` is gone then.
bool room_for(const Candidate& candidate, const Problem& p, std::size_t& extra) {
    if (!candidate.roomy || !takes_room(candidate, p)) return true;
    const std::size_t more = packed_bytes(candidate, p) - plain_bytes(candidate, p);
    if (more > extra) return false;
    extra -= more;
    return true;
}

const Candidate* first_that_takes(PlannedStep& step, DeviceKind device, std::string_view wanted, std::size_t* extra) {
    step.declined.clear();
    for (const Candidate& candidate : step.op->candidates) {
        if (candidate.on != device) continue;
        std::string reason = !wanted.empty() && !KernelFilter::matches(wanted, candidate.name) ? not_asked
                             : candidate.declines ? candidate.declines(step.problem)
                                                  : std::string();
        // Not where somebody has named the kernels.
        if (reason.empty() && extra && wanted.empty() && !room_for(candidate, step.problem, *extra))
            reason = "its packed filters take too much room";
        if (reason.empty()) return &candidate;
        step.declined.push_back(candidate.name + ": " + std::move(reason));
    }
    return nullptr;
}

}  // namespace

std::size_t filter_bytes(const Schedule& schedule) {
    std::size_t bytes = 0;
    for (const PlannedStep& step : schedule.steps) {
        const std::optional<Packing>& packing = step.kernel->packing;
        if (!packing) continue;
        bytes +=
            step.kernel->roomy ? packed_bytes(*step.kernel, step.problem) : step.problem.in[packing->input].bytes();
    }
    return bytes;
}

void choose(Schedule& schedule, const PlanOptions& options, std::size_t extra) {
    std::size_t* const room = options.filters == PackedFilters::fastest ? nullptr : &extra;
    const DeviceKind device = options.device->kind();
    for (PlannedStep& step : schedule.steps) {
        step.problem.threads = options.threads;
        step.problem.device = options.device;
        step.problem.tf32 = options.tf32;
        bool by_op = false;
        const std::string_view wanted = options.kernels.wanted(step.op->name, by_op);
        step.kernel = first_that_takes(step, device, wanted, room);
        if (!step.kernel && !wanted.empty() && !by_op) step.kernel = first_that_takes(step, device, {}, room);
        if (step.kernel) continue;
        std::string reasons;  // of those that were asked, each once
        for (const std::string& reason : step.declined)
            if (!reason.ends_with(not_asked) && reasons.find(reason) == std::string::npos) reasons += "; " + reason;
        throw Error(fmt::format("plan: no kernel for {} of {} on {}{}; there are {}{}", step.op->name,
                                step.problem.in.empty() ? "nothing" : to_string(step.problem.in[0]), to_string(device),
                                by_op ? fmt::format(" is called {}", wanted) : "", names_of(*step.op, device),
                                reasons));
    }
}

}  // namespace gradus
