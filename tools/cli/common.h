#pragma once
#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "engine/plan.h"
#include "nets/net.h"
#include "tools/cli/options.h"

namespace gradus {

/// The options that every command has.
struct CommonOptions {
    std::string net = "googlenet";
    std::string instead_of = {};  // the net that `net` stands in for by default, because its weights are not here
    std::string device = "cpu";
    std::string precision = "auto";
    int threads = default_threads();
    std::uint64_t seed = 0;
    std::string kernels = {};
    std::string profile = {};  // empty: none; "true": print it; else also write a trace to this file
    bool quiet = false;

    bool profiled() const { return !profile.empty(); }
    /// The file for the trace; empty: none.
    std::string trace() const { return profile == flag_alone ? "" : profile; }
};

/// Without the weights of `options.net`, the default, mini is: it comes with gradus.
void add_common(Command& command, CommonOptions& options);

/// The net that was asked for. Where mini stands in for another, a line says so, and how to get the other.
Net load_net(const CommonOptions& options);

/// The device that was asked for. Of "cuda" several processes on a machine take one each, cuda:0, cuda:1, ...
Device& device_for(const CommonOptions& options);

/// fp32, tf32 or bf16: the precision asked for, or what auto means on the device, tf32 on a GPU that has tensor cores
/// for it and fp32 everywhere else, cuda-on-cpu included.
std::string precision_of(const CommonOptions& options);

/// The storage type of activations that the precision asks for.
DType activation_type(const CommonOptions& options);

/// How plans are made: device, precision, threads and kernels as asked, one arena for all plans that share the result.
///
/// throws    for a device that is not there, and a rule for kernels of an op that is not
PlanOptions plan_options(const CommonOptions& options);

/// Where a profile was asked for: prints it to stderr, and writes the trace, as `write_trace` does.
void show_profile(const CommonOptions&, const std::vector<StepReport>& steps, const std::deque<TimedRun>& runs);

/// Where --profile names a file: writes a plan's profiled runs there (tools/cli/trace.h).
void write_trace(const CommonOptions&, const std::vector<StepReport>& steps, const std::deque<TimedRun>& runs);

}  // namespace gradus
