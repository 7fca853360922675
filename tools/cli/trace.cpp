#include "tools/cli/trace.h"

#include <cmath>
#include <nlohmann/json.hpp>

#include "engine/in_quotes.h"
#include "engine/require.h"
#include "weights/output_file.h"

namespace gradus {
namespace {

using Json = nlohmann::ordered_json;

/// A bar from `begin` to `end`, both in seconds. Whole nanoseconds, so that rounding lets no two overlap.
Json bar(std::string_view name, double begin, double end) {
    const auto ns = [](double seconds) { return std::llround(seconds * 1e9); };
    return {{"ph", "X"},
            {"pid", 1},
            {"tid", 1},
            {"name", name},
            {"ts", static_cast<double>(ns(begin)) / 1e3},
            {"dur", static_cast<double>(ns(end) - ns(begin)) / 1e3}};
}

Json title(const char* kind, std::string_view name) {
    return {{"ph", "M"}, {"pid", 1}, {"tid", 1}, {"name", kind}, {"args", {{"name", name}}}};
}

Json facts(const StepReport& step, double seconds) {
    Json facts{{"op", step.op},   {"kernel", step.kernel},    {"value", step.name},      {"shape", to_string(step.out)},
               {"how", step.how}, {"flops", step.cost.flops}, {"bytes", step.cost.bytes}};
    if (seconds > 0) facts["GFLOP/s"] = step.cost.flops / seconds / 1e9;
    return facts;
}

}  // namespace

std::string trace_of(const std::vector<StepReport>& steps, const std::deque<TimedRun>& runs, std::string_view device) {
    Json events{title("process_name", fmt::format("gradus on {}", device)), title("thread_name", device)};
    for (std::size_t r = 0; r < runs.size(); ++r) {
        const TimedRun& run = runs[r];
        const double begin = run.start - runs.front().start;
        const double took = run.steps.empty() ? 0 : run.steps.back().start + run.steps.back().seconds;
        events.push_back(bar(fmt::format("run {}", r + 1), begin, begin + took));
        for (std::size_t i = 0; i < run.steps.size(); ++i) {
            const StepTime& time = run.steps[i];
            Json step = bar(steps.at(i).op, begin + time.start, begin + time.start + time.seconds);
            step["args"] = facts(steps.at(i), time.seconds);
            events.push_back(std::move(step));
        }
    }
    return Json{{"traceEvents", std::move(events)}}.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

void check_trace(const std::filesystem::path& path) {
    require(path.extension() == ".json", "{}: found the extension {}, expected .json", path.string(),
            in_quotes(path.extension().string()));
    OutputFile{path};
}

void save_trace(const std::filesystem::path& path, std::string_view trace) {
    OutputFile file(path);
    file.write(std::as_bytes(std::span(trace)));
    file.commit();
}

}  // namespace gradus
