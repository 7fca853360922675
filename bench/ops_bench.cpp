// Every op that takes time, alone, at sizes that the nets give it; each kernel that takes it, forward and gradients.
//
//     ops_bench --benchmark_filter='conv2d/vgg conv3_2' --benchmark_out=ops.json
//
// Names are OP/CASE/TYPE/KERNEL.
#include <fmt/format.h>

#include <functional>

#include "bench/op_alone.h"
#include "bench/timing.h"
#include "ops/avg_pool2d.h"
#include "ops/gram.h"
#include "ops/lrn.h"
#include "ops/max_pool2d.h"
#include "ops/resize.h"
#include "ops/total_variation.h"
#include "tests/cases/conv2d.h"

namespace gradus::bench {
namespace {

struct OpCase {
    std::string name;
    Shape x;
    std::function<Var(Var x)> f;
    bool bf16 = true;
    bool weights = false;  // has filters to differentiate by
};

std::vector<OpCase> op_cases() {
    std::vector<OpCase> all;
    for (const cases::Conv2dCase& c : cases::conv2d())
        if (c.real)
            all.push_back({c.name, c.x,
                           [c](Var x) { return conv2d(x, x.graph->leaf(noise(c.w, DType::f32, 2)), {}, c.options); },
                           true, true});
    const auto max_pool = [](Pool2dOptions options) { return [options](Var x) { return max_pool2d(x, options); }; };
    all.push_back({"vgg pool1", {1, 224, 224, 64}, max_pool({})});
    all.push_back({"vgg pool4", {1, 28, 28, 512}, max_pool({})});
    all.push_back({"googlenet pool1", {1, 112, 112, 64}, max_pool({.size = 3, .ceil = true})});
    all.push_back({"googlenet 3a pool", {1, 28, 28, 192}, max_pool({.size = 3, .stride = 1, .pad = 1, .ceil = true})});
    all.push_back({"vgg pool1", {1, 224, 224, 64}, [](Var x) { return avg_pool2d(x, {}); }});
    all.push_back({"googlenet norm1", {1, 56, 56, 64}, [](Var x) { return lrn(x); }});
    all.push_back({"googlenet norm2", {1, 56, 56, 192}, [](Var x) { return lrn(x); }});
    // Pictures stay in f32.
    all.push_back({"octave", {1, 411, 731, 3}, [](Var x) { return resize(x, 575, 1024); }, false});
    all.push_back(
        {"photo, lanczos", {1, 2448, 3264, 3}, [](Var x) { return resize(x, 768, 1024, ResizeKind::lanczos); }, false});
    all.push_back({"vgg conv1_1", {1, 512, 512, 64}, [](Var x) { return gram(x); }, false});
    all.push_back({"vgg conv4_1", {1, 64, 64, 512}, [](Var x) { return gram(x); }, false});
    all.push_back({"picture", {1, 575, 1024, 3}, [](Var x) { return total_variation(x); }, false});
    return all;
}

enum class Pass { forward, gradient, weights };

/// The op of a case, forward or one of its gradients, ready to run by itself.
OpAlone alone(const OpCase& c, DType dtype, Pass pass, bool values) {
    Graph g;
    Var x = g.leaf(noise(c.x, dtype));
    Var y = c.f(x);
    const Node& node = g.nodes().back();
    const std::string op = node.op->name;
    if (pass == Pass::forward) return OpAlone(g, op, {}, values);
    return OpAlone(g, record_gradient(g, y, pass == Pass::weights ? Var{&g, node.in[1]} : x), {}, values);
}

void add(const OpCase& c, DType dtype, Pass pass) {
    const OpAlone planned = alone(c, dtype, pass, false);
    for (const std::string& kernel : planned.kernels()) {
        const auto body = [=](benchmark::State& state) {
            const OpAlone op = alone(c, dtype, pass, true);
            Plan plan = op.plan(kernel);
            time_plan(state, plan, default_threads());
        };
        benchmark::RegisterBenchmark(fmt::format("{}/{}/{}/{}", planned.op(), c.name, to_string(dtype), kernel).c_str(),
                                     body)
            ->Unit(benchmark::kMillisecond)
            ->UseRealTime();
    }
}

}  // namespace
}  // namespace gradus::bench

int main(int argc, char** argv) {
    using namespace gradus;
    for (const bench::OpCase& c : bench::op_cases())
        for (const DType dtype : {DType::f32, DType::bf16})
            for (const bench::Pass pass : {bench::Pass::forward, bench::Pass::gradient, bench::Pass::weights})
                if ((dtype == DType::f32 || c.bf16) && (pass != bench::Pass::weights || c.weights))
                    bench::add(c, dtype, pass);
    return bench::run_benchmarks(argc, argv);
}
