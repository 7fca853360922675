#include "tools/cli/trace.h"

#include <cmath>
#include <map>
#include <nlohmann/json.hpp>

#include "nets/net.h"
#include "nets/seeded_weights.h"
#include "ops/reduce.h"
#include "tests/check.h"
#include "tests/error.h"
#include "tests/temp_folder.h"

using namespace gradus;

namespace {

/// LeNet and back to the picture, profiled for so many runs.
Plan profiled_lenet(Device& device, int runs) {
    Graph g;
    const Net net(net_table("lenet"), seeded_weights());
    Var x = g.leaf(test::noise_tensor({1, 28, 28, 1}), "picture");
    Var energy = sum_squares(net.record(x, {})(net.layer_names().back()));
    Plan plan(g, {energy, grad(energy, {x})[0]}, {.device = &device, .threads = 2});
    plan.run();
    plan.profile(true);
    for (int i = 0; i < runs; ++i) plan.run();
    return plan;
}

struct Bar {
    std::string name;
    std::int64_t begin = 0, end = 0;  // nanoseconds
    nlohmann::json args;
};

/// The trace's bars in order, read as any reader of the format would.
std::vector<Bar> bars_of(const std::string& trace) {
    std::vector<Bar> bars;
    const auto json = nlohmann::json::parse(trace);
    for (const auto& event : json.at("traceEvents")) {
        CHECK(event.at("pid") == 1);
        CHECK(event.at("tid") == 1);
        if (event.at("ph") != "X") continue;
        const std::int64_t begin = std::llround(event.at("ts").get<double>() * 1e3);
        bars.push_back({event.at("name"), begin, begin + std::llround(event.at("dur").get<double>() * 1e3),
                        event.value("args", nlohmann::json())});
    }
    return bars;
}

}  // namespace

TEST_SUITE("trace") {
    TEST_CASE("a bar per run, and under it one per step, in order and without overlap, on every device") {
        for (Device* device : test::devices()) {
            CAPTURE(device->name());
            const Plan plan = profiled_lenet(*device, 3);
            const std::vector<StepReport> steps = plan.report();
            const std::vector<Bar> bars = bars_of(trace_of(steps, plan.timed_runs(), device->name()));
            REQUIRE(bars.size() == 3 * (1 + steps.size()));
            auto bar = bars.begin();
            CHECK(bar->begin == 0);
            for (int run = 1; run <= 3; ++run) {
                const Bar& whole = *bar++;
                CHECK(whole.name == "run " + std::to_string(run));
                std::int64_t at = whole.begin;
                for (const StepReport& step : steps) {
                    CHECK(bar->name == step.op);
                    CHECK(bar->args.at("op") == step.op);
                    CHECK(bar->args.at("kernel") == step.kernel);
                    CHECK(bar->args.at("value") == step.name);
                    CHECK(bar->args.at("shape") == to_string(step.out));
                    CHECK(bar->args.at("flops") == step.cost.flops);
                    CHECK(bar->args.at("bytes") == step.cost.bytes);
                    CHECK(bar->begin >= at);
                    CHECK(bar->end > bar->begin);
                    if (step.cost.flops > 0)
                        CHECK(bar->args.at("GFLOP/s").get<double>() * static_cast<double>(bar->end - bar->begin) ==
                              doctest::Approx(step.cost.flops).epsilon(0.01));
                    at = bar++->end;
                }
                CHECK(whole.end == at);
                if (run < 3) CHECK(bar->begin >= at);
            }
        }
    }
    TEST_CASE("its times are those of the profile") {
        for (Device* device : test::devices()) {
            const Plan plan = profiled_lenet(*device, 1);
            std::map<std::string, double> profile, trace;
            for (const StepReport& step : plan.report()) profile[step.op + " " + step.kernel] += step.seconds;
            for (const Bar& bar : bars_of(trace_of(plan.report(), plan.timed_runs(), "")))
                if (!bar.args.is_null())
                    trace[bar.args.at("op").get<std::string>() + " " + bar.args.at("kernel").get<std::string>()] +=
                        static_cast<double>(bar.end - bar.begin) / 1e9;
            REQUIRE(trace.size() == profile.size());
            for (const auto& entry : profile) {
                CAPTURE(entry.first);
                CHECK(std::abs(trace[entry.first] - entry.second) < 1e-9 * static_cast<double>(plan.report().size()));
            }
        }
    }
    TEST_CASE("of many runs the latest are kept") {
        Graph g;
        Var y = sum(g.leaf(test::noise_tensor({8})));
        Plan plan(g, {y});
        plan.profile(true);
        plan.run();
        const double first = plan.timed_runs().front().start;
        for (std::size_t i = 0; i < Plan::kept_runs; ++i) plan.run();
        CHECK(plan.timed_runs().size() == Plan::kept_runs);
        CHECK(plan.timed_runs().front().start > first);
        CHECK(plan.timed_runs().back().start > plan.timed_runs().front().start);
    }
    TEST_CASE("without runs it is a trace as well, and says the device") {
        const auto json = nlohmann::json::parse(trace_of({}, {}, "cuda:0 (a \"GPU\")"));
        REQUIRE(json.at("traceEvents").size() == 2);
        CHECK(json.at("traceEvents")[0].at("args").at("name") == "gradus on cuda:0 (a \"GPU\")");
        CHECK(json.at("traceEvents")[1].at("args").at("name") == "cuda:0 (a \"GPU\")");
    }
    TEST_CASE("a place that cannot be written to is refused beforehand") {
        const test::TempFolder folder;
        CHECK_ERROR(check_trace(folder / "cat.jpg"), "found the extension \".jpg\", expected .json");
        CHECK_ERROR(check_trace(folder / "nowhere/t.json"), "found no folder");
        check_trace(folder / "t.json");
        CHECK(folder.files() == 0);
        save_trace(folder / "t.json", "{}");
        CHECK(test::file_bytes(folder / "t.json") == "{}");
        CHECK(folder.files() == 1);
    }
}
