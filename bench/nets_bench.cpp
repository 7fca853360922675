// Each net to its last layer before the classifier: forward, and forward and input gradient of half the mean square.
//
//     nets_bench --benchmark_filter=googlenet --benchmark_out=nets.json
//
// Names are NET/SIZE/TYPE/PASS. Where a net has no weight file, seeded numbers do: they cost the same time.
#include <fmt/format.h>

#include "bench/net.h"
#include "bench/op_alone.h"
#include "bench/timing.h"

namespace gradus::bench {
namespace {

struct NetCase {
    std::string net, layer;
};
const NetCase net_cases[] = {
    {"googlenet", "inception_5b/output"}, {"vgg16", "pool5"}, {"vgg19", "pool5"}, {"squeezenet1_1", "fire9/concat"}};

void add(const NetCase& c, int size, DType dtype, bool gradient) {
    const auto body = [=](benchmark::State& state) {
        Graph g;
        Var x = g.leaf(noise({1, size, size, 3}));
        Var y = net_of(c.net).record(x, {.activations = dtype})(c.layer);
        Plan plan(g, gradient ? energy_and_gradient(y, x) : std::vector<Var>{y});
        time_plan(state, plan, default_threads());
    };
    const char* pass = gradient ? "gradient" : "forward";
    benchmark::RegisterBenchmark(fmt::format("{}/{}/{}/{}", c.net, size, to_string(dtype), pass).c_str(), body)
        ->Unit(benchmark::kMillisecond)
        ->UseRealTime();
}

}  // namespace
}  // namespace gradus::bench

int main(int argc, char** argv) {
    using namespace gradus;
    for (const bench::NetCase& c : bench::net_cases)
        for (const int size : {224, 512})
            for (const DType dtype : {DType::f32, DType::bf16})
                for (const bool gradient : {false, true}) bench::add(c, size, dtype, gradient);
    return bench::run_benchmarks(argc, argv);
}
