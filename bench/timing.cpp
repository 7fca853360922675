#include "bench/timing.h"

#include <algorithm>

#include "bench/context.h"
#include "tools/cli/report.h"

namespace gradus::bench {

void time_plan(benchmark::State& state, Plan& plan, int threads) {
    static const MachinePeak peak = measure_peak(threads);
    plan.run();
    for (auto _ : state) plan.run();

    Cost cost;
    double least = 0;  // seconds
    for (const StepReport& step : plan.report()) {
        cost.flops += step.cost.flops;
        cost.bytes += step.cost.bytes;
        least += std::max(step.cost.flops / peak.flops_per_second, step.cost.bytes / peak.bytes_per_second);
    }
    using benchmark::Counter;
    state.counters["GFLOP/s"] = Counter(cost.flops / 1e9, Counter::kIsIterationInvariantRate);
    state.counters["GB/s"] = Counter(cost.bytes / 1e9, Counter::kIsIterationInvariantRate);
    state.counters["peak"] = Counter(least, Counter::kIsIterationInvariantRate);
    state.counters["MB"] = static_cast<double>(plan.memory().total()) / 1e6;
}

int run_benchmarks(int argc, char** argv) {
    for (const auto& [name, value] : context()) benchmark::AddCustomContext(name, value);
    benchmark::AddCustomContext("threads", std::to_string(default_threads()));
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
    benchmark::RunSpecifiedBenchmarks();
    return 0;
}

}  // namespace gradus::bench
