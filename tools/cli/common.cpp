#include "tools/cli/common.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "engine/in_quotes.h"
#include "engine/nearest.h"
#include "engine/require.h"
#include "ops/op_names.h"
#include "tools/cli/report.h"
#include "tools/cli/trace.h"
#include "tools/parallel/open_module.h"
#include "tools/tell.h"
#include "weights/locate.h"

namespace gradus {
namespace {

/// The filter that the text asks for. Throws where a rule is for no op at all: it would be ignored in silence.
KernelFilter filter_of(const std::string& text) {
    KernelFilter filter(text);
    const std::vector<std::string> names = op_names();
    for (const std::string& op : filter.ops())
        require(std::find(names.begin(), names.end(), op) != names.end(), "kernels: no op {}; {}", in_quotes(op),
                nearest(op, names));
    return filter;
}

}  // namespace

void add_common(Command& command, CommonOptions& o) {
    const std::string group = "Common";
    if (!find_weights(o.net) && find_weights("mini")) o.instead_of = std::exchange(o.net, "mini");
    command
        .option("--net", o.net,
                "network: googlenet, vgg16, vgg19, squeezenet1_1, lenet, mini, or a file that train wrote")
        .seen([&o](const std::string&) { o.instead_of.clear(); })
        .under(group);
    command
        .option("--device", o.device,
                "where to compute: cpu, cuda (or cuda:1, the second GPU), or cuda-on-cpu, the CUDA kernels on the "
                "processor")
        .under(group);
    command
        .option("--precision", o.precision,
                "fp32; tf32: the GPU rounds factors to 10 bits of mantissa; bf16: activations stored in 16 bits; "
                "auto: tf32 on a GPU that has it, else fp32")
        .one_of({"auto", "fp32", "tf32", "bf16"})
        .under(group);
    command.option("--threads", o.threads, "threads; the result is the same for every number of them")
        .within(1, 1024)
        .under(group);
    command.option("--seed", o.seed, "seed of every random number").under(group);
    command.option("--kernels", o.kernels, "hand, vendor, reference, or OP=KERNEL, separated by commas").under(group);
    // A flag, so that `--profile cat.jpg` leaves the photograph to be read.
    command
        .flag("--profile", o.profile,
              "print the time of every op at the end; --profile=TRACE.json also writes when each ran, for "
              "ui.perfetto.dev")
        .seen([](const std::string& file) {
            if (file != flag_alone) check_trace(file);
        })
        .under(group);
    command.flag("--quiet", o.quiet, "print nothing but errors and results").under(group);
    command.defaults_from_environment(
        {{"--device", "GRADUS_DEVICE"}, {"--precision", "GRADUS_PRECISION"}, {"--threads", "GRADUS_THREADS"}});
}

Net load_net(const CommonOptions& o) {
    if (!o.instead_of.empty() && !o.quiet)
        tell(
            "gradus: no weights of {0} here, looking through mini, which comes along; "
            "`gradus weights get {0}` gets them\n",
            o.instead_of);
    return load_net(o.net);
}

std::string precision_of(const CommonOptions& o) {
    if (o.precision != "auto") return o.precision;
    const Device& device = device_for(o);
    return device.kind() == DeviceKind::cuda && device.architecture() >= 80 ? "tf32" : "fp32";
}

DType activation_type(const CommonOptions& o) { return o.precision == "bf16" ? DType::bf16 : DType::f32; }

Device& device_for(const CommonOptions& o) {
    return device_named(o.device == "cuda" && processes_started() > 1 ? fmt::format("cuda:{}", rank_on_this_machine())
                                                                      : o.device);
}

PlanOptions plan_options(const CommonOptions& o) {
    Device& device = device_for(o);
    return {.device = &device,
            .threads = o.threads,
            .kernels = filter_of(o.kernels),
            .arena = std::make_shared<Arena>(device),
            .tf32 = precision_of(o) == "tf32"};
}

void show_profile(const CommonOptions& o, const std::vector<StepReport>& steps, const std::deque<TimedRun>& runs) {
    if (!o.profiled()) return;
    tell("{}", profile_by_op(steps));
    write_trace(o, steps, runs);
}

void write_trace(const CommonOptions& o, const std::vector<StepReport>& steps, const std::deque<TimedRun>& runs) {
    if (o.trace().empty()) return;
    save_trace(o.profile, trace_of(steps, runs, device_for(o).name()));
    if (!o.quiet) tell("{}: {} run{} of {} steps\n", o.profile, runs.size(), runs.size() == 1 ? "" : "s", steps.size());
}

}  // namespace gradus
