#include "bench/op_problem.h"

#include <map>
#include <memory>
#include <nlohmann/json.hpp>

#include "bench/net.h"
#include "bench/op_alone.h"
#include "engine/require.h"
#include "ops/adam_step.h"
#include "ops/arithmetic.h"
#include "ops/assign.h"
#include "ops/conv2d.h"
#include "ops/gram.h"
#include "ops/increment.h"
#include "ops/lrn.h"
#include "ops/max_pool2d.h"
#include "ops/momentum_step.h"
#include "ops/normalized_ascent_step.h"
#include "ops/random.h"
#include "ops/roll.h"

namespace gradus::bench {
namespace {

using nlohmann::json;

Shape shape_of(const json& extents) { return Shape(extents.get<std::vector<std::int64_t>>()); }

/// Memory copied as it is: what bandwidth-bound work is compared with.
OpProblem copy(const Shape& shape, Device& device, DeviceTimer& timer) {
    const Tensor from = noise(shape);
    const auto to = std::make_shared<Buffer>(device, from.spec().bytes());
    return {.run = [from, to, &device, &timer] { timer.copy(to->data(), from.data_on(device), to->bytes()); },
            .kernels = "copy",
            .cost = {.bytes = 2.0 * static_cast<double>(to->bytes())}};
}

/// What tools/techniques/dream.cpp records for an octave.
std::vector<Var> dream_step(Graph& g, const Shape& picture, DType dtype) {
    Tensor steps_done{Spec(Shape{1}, DType::i32)};
    steps_done.values_to_write<std::int32_t>()[0] = 0;
    Var x = g.leaf(noise(picture)), step = g.leaf(steps_done);
    const int reach = static_cast<int>(std::min<std::int64_t>({32, picture[1] - 1, picture[2] - 1}));
    Var shift = random_int({2}, {.stream = "jitter", .seed = 1, .step = step}, -reach, reach + 1);
    const std::string layer = "inception_4c/output";
    Var y = Net(net_table("googlenet"), seeded_weights()).record(roll(x, shift), {.activations = dtype})(layer);
    const std::vector<Var> objective = energy_and_gradient(y, x);
    Var rate = divide(g.number(1.5 / 255), add(mean(abs(objective[1])), g.number(1e-20)));
    Var moved = clip(add(x, multiply(objective[1], rate)), 0, 1);
    return {objective[0], assign(x, moved), assign(step, increment(step))};
}

/// The result of the op on random data.
Var record(const json& r, Var x) {
    Graph& g = *x.graph;
    const auto number = [&](const char* key) { return r.at(key).get<int>(); };
    const auto other = [&] { return g.leaf(noise(x.shape(), x.dtype(), 2)); };
    const std::map<std::string, std::function<Var()>> ops{
        {"scale", [&] { return scale(x, 3); }},
        {"add", [&] { return add(x, other()); }},
        {"sum_squares", [&] { return sum_squares(x); }},
        {"max_pool2d",
         [&] {
             return max_pool2d(
                 x, {.size = number("size"), .stride = number("stride"), .pad = number("pad"), .ceil = true});
         }},
        {"momentum_step", [&] { return momentum_step(x, other(), g.number(0.01), noise(x.shape()))[0]; }},
        {"adam_step", [&] { return adam_step(x, other(), g.number(0.01), adam_state(x.spec()))[0]; }},
        {"normalized_ascent_step", [&] { return normalized_ascent_step(x, other(), g.number(0.01)); }},
        {"lrn", [&] { return lrn(x); }},
        {"gram", [&] { return gram(x); }},
        {"conv2d",
         [&] {
             const Shape w = shape_of(r.at("w"));
             return conv2d(x, g.leaf(noise(w, DType::f32, 2)), g.leaf(noise({w[0]}, DType::f32, 3)),
                           {.stride = number("stride"), .pad = number("pad")});
         }},
    };
    const auto name = r.at("op").get<std::string>();
    const auto found = ops.find(name);
    std::string known = "copy, dream";
    for (const auto& op : ops) known += ", " + op.first;
    require(found != ops.end(), "no op {}; there are {}", name, known);
    return found->second();
}

OpProblem problem_of(Plan plan) {
    OpProblem problem;
    for (const StepReport& step : plan.report()) {
        problem.cost.flops += step.cost.flops;
        problem.cost.bytes += step.cost.bytes;
        if (problem.kernels.find(step.kernel) == std::string::npos)
            problem.kernels += (problem.kernels.empty() ? "" : ", ") + step.kernel;
    }
    problem.run = [kept = std::make_shared<Plan>(std::move(plan))] { kept->run(); };
    return problem;
}

}  // namespace

OpProblem op_problem(const json& r, Device& device, int threads, DeviceTimer& timer) {
    const auto name = r.at("op").get<std::string>();
    const std::string pass = r.value("pass", "forward"), precision = r.value("precision", "f32");
    require(pass == "forward" || pass == "gradient", "no pass {}; there are forward and gradient", pass);
    require(precision == "f32" || precision == "tf32" || precision == "bf16",
            "no precision {}; there are f32, tf32 and bf16", precision);
    require(precision != "tf32" || device.kind() != DeviceKind::cpu, "the processor has no TF32");
    const Shape shape = shape_of(r.at("x"));
    if (name == "copy") return copy(shape, device, timer);

    const DType dtype = precision == "bf16" ? DType::bf16 : DType::f32;
    const PlanOptions options{.device = &device, .threads = threads, .tf32 = precision == "tf32"};
    Graph g;
    if (name == "dream") return problem_of(Plan(g, dream_step(g, shape, dtype), options));
    Var x = g.leaf(noise(shape, dtype));
    Var y = record(r, x);
    const std::string op = g.nodes().back().op->name;
    return problem_of(OpAlone(g, pass == "gradient" ? record_gradient(g, y, x) : op, options).plan());
}

}  // namespace gradus::bench
