#pragma once
#include <deque>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "engine/plan.h"

namespace gradus {

/// A plan's profiled runs in Chrome's trace event format, JSON for ui.perfetto.dev and chrome://tracing: a bar per run,
/// and under it one per step, named after its op. A step's `args` say the kernel, the name and shape of the value, the
/// work, the bytes and the rate.
///
/// shapes    `runs` are those of the plan that `steps` reports
/// units     `ts`, `dur`: microseconds since the first run began, in whole nanoseconds
std::string trace_of(const std::vector<StepReport>& steps, const std::deque<TimedRun>& runs, std::string_view device);

/// Whether a trace can be written to this file, asked before a long run.
///
/// throws    for a name that does not end in .json, and where OutputFile does
void check_trace(const std::filesystem::path& path);

/// Writes the file whole or not at all.
void save_trace(const std::filesystem::path& path, std::string_view trace);

}  // namespace gradus
