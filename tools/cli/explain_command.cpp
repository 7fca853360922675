#include <fmt/format.h>

#include <memory>

#include "nets/net.h"
#include "nets/seeded_weights.h"
#include "ops/reduce.h"
#include "tools/cli/commands.h"
#include "tools/cli/common.h"
#include "tools/cli/report.h"
#include "weights/locate.h"

namespace gradus {
namespace {

struct ExplainCommand {
    CommonOptions common = {};
    std::string layer;
    int size = 0;
    int runs = 5;
    bool forward_only = false, skipped = false;
};

void run(const ExplainCommand& c) {
    const NetTable table = load_table(c.common.net);
    // Plans do not depend on what the weights are: without the file, numbers of the right size do.
    const bool real = names_file(c.common.net) || find_weights(c.common.net).has_value();
    const Net net = real ? load_net(c.common.net) : Net(table, seeded_weights());
    const int size = c.size > 0 ? c.size : table.input.size;
    const std::string layer = c.layer.empty() ? net.layer_names().back() : c.layer;

    Graph g;
    Tensor picture(Spec(Shape{1, size, size, 3}));
    for (float& v : picture.values_to_write<float>()) v = 0.5f;
    Var x = g.leaf(picture, "picture");
    Var y = net.record(x, {.activations = activation_type(c.common)})(layer);
    std::vector<Var> outputs{y};
    if (!c.forward_only) {
        Var energy = sum_squares(y);
        outputs = {energy, grad(energy, {x})[0]};
    }
    const PlanOptions options = plan_options(c.common);
    Plan plan(g, outputs, options);
    fmt::print("{} to {}{}, {}x{}, {}, {}, {} threads{}\n", net.name(), layer,
               c.forward_only ? "" : " and back to the picture", size, size, precision_of(c.common),
               options.device->name(), c.common.threads, real ? "" : ", seeded weights");
    if (c.runs > 0) {
        plan.run();
        plan.profile(true);
        for (int i = 0; i < c.runs; ++i) plan.run();
    }
    const std::size_t taken = peak_resident_bytes();  // before measure_peak() takes more
    const bool measured = c.runs > 0 && options.device->kind() == DeviceKind::cpu;
    const MachinePeak peak = measured ? measure_peak(c.common.threads) : MachinePeak{};
    const std::vector<StepReport> steps = plan.report(c.skipped);
    fmt::print("{}\n{}\n{}\n", explain_steps(steps, peak, true), profile_by_op(plan.report()),
               memory_line(plan.memory()));
    write_trace(c.common, plan.report(), plan.timed_runs());
    if (measured)
        fmt::print(
            "process: {:.1f} MB at most\npeak: {:.0f} GFLOP/s of multiply-adds, {:.1f} GB/s copied, both measured "
            "now\n",
            static_cast<double>(taken) / 1e6, peak.flops_per_second / 1e9, peak.bytes_per_second / 1e9);
}

}  // namespace

void add_explain(Command app) {
    auto c = std::make_shared<ExplainCommand>();
    Command command = app.command("explain", "show a plan: each op's kernel, why others declined, time, share of peak");
    command.option("--layer", c->layer, "the layer to compute (default: the last)");
    command.option("--size", c->size, "side of the picture in pixels (0: the net's own)").within(0, 65535);
    command.option("--runs", c->runs, "timed runs; the median of the last 100 is shown (0: only plan)")
        .within(0, 10000);
    command.flag("--forward", c->forward_only, "without the gradient by the picture");
    command.flag("--all", c->skipped, "also the ops that take no step of their own: folded, fused, views");
    add_common(command, c->common);
    command.example("gradus explain --net vgg16 --layer conv5_1");
    command.runs([c] { run(*c); });
}

}  // namespace gradus
