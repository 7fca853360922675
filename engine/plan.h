#pragma once
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "engine/device.h"
#include "engine/graph.h"
#include "engine/kernel_filter.h"

namespace gradus {

/// Memory that several plans use in turn: the sizes of a picture, say. It is as large as the largest of them needs and
/// holds nothing from one plan's run to another's.
class Arena {
public:
    explicit Arena(Device& device = cpu_device()) : device_(device) {}
    void reserve(std::size_t bytes) { wanted_ = wanted_ > bytes ? wanted_ : bytes; }
    std::size_t bytes() const { return wanted_; }
    /// Allocated at the first call, and again if a larger plan has come since.
    std::byte* data();
    /// Gives the memory back until the next call of data().
    void release() { buffer_ = {}; }

private:
    Device& device_;
    std::size_t wanted_ = 0;
    Buffer buffer_ = {};
};

/// How much room packed filters may take. Fast forms of them can be several times as large as the filters.
enum class PackedFilters {
    fastest,   // whatever the fastest kernels want
    balanced,  // no more than the values that they are for, or, all together, than everything else of the plan
    small,     // no more than the values that they are for
};

struct PlanOptions {
    Device* device = &cpu_device();
    int threads = default_threads();
    KernelFilter kernels = {};
    std::shared_ptr<Arena> arena = {};  // one of its own if not given
    /// Convolutions and matrix products of f32 may round their factors to TF32, 10 bits of mantissa, where a kernel of
    /// the device is faster so; sums stay f32.
    bool tf32 = false;
    PackedFilters filters = PackedFilters::fastest;
};

/// What one step of a plan does, for people: `gradus explain`, the profile, the tests.
struct StepReport {
    std::string op, kernel, name;  // name: of the value it makes, where it has one
    Spec out = {};
    std::string how;  // "+= relu mask", "view", ...
    std::vector<std::string> declined = {};
    Cost cost = {};
    std::size_t scratch_bytes = 0;
    double seconds = 0;  // the median over the profiled runs that are kept
};

/// When a profiled run began, in seconds on std::chrono::steady_clock, and when each of its steps ran: one for each
/// entry of `report()`, in order.
struct TimedRun {
    double start = 0;
    std::vector<StepTime> steps = {};
};

struct MemoryReport {
    std::size_t arena = 0;   // activations, gradients and scratch
    std::size_t packed = 0;  // filters in the form that kernels want
    std::size_t leaves = 0;  // weights, pictures, targets
    std::size_t total() const { return arena + packed + leaves; }
};

struct Schedule;

/// A graph made ready to run: what the outputs do not need is dropped, sums are folded, ops fused, kernels chosen, and
/// every address fixed. The plan keeps what it needs of the graph; recording more afterwards does not change it.
///
/// throws    when no kernel takes an op: the message lists every kernel with its reason
class Plan {
public:
    Plan(const Graph& graph, std::vector<Var> outputs, PlanOptions options = {});
    Plan(Plan&&) noexcept;
    Plan& operator=(Plan&&) noexcept;
    ~Plan();

    /// Computes the outputs. The same leaves give the same bytes, whatever the number of threads.
    void run();

    /// A copy of an output's values as the last run left them, dense. Valid until another plan with the same arena
    /// runs.
    Tensor read(Var output) const;
    /// An output of one number.
    double number(Var output) const;

    /// Fills the arena with NaN, so that a kernel that reads what nobody wrote, or leaves something out, shows. For
    /// tests.
    void poison();

    /// What the plan takes, known before it runs.
    MemoryReport memory() const;
    /// One entry a step, in order; `skipped` ones (folded, fused, views) included if asked for.
    std::vector<StepReport> report(bool skipped = false) const;
    /// From now on `run` times every step.
    void profile(bool on);
    /// The profiled runs, oldest first; of more than `kept_runs` the latest.
    const std::deque<TimedRun>& timed_runs() const;
    static constexpr std::size_t kept_runs = 100;

    /// The packed forms of leaves that the plan reads, and their bytes: what two plans both have is there once.
    std::map<const void*, std::size_t> packed_forms() const;

    /// The lists that the plan runs, for tests of the planner itself.
    const Schedule& schedule() const;

private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

/// Plans and computes one value. For lessons and tests; a loop wants a Plan.
Tensor value(Var v, PlanOptions options = {});

}  // namespace gradus
