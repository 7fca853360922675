#include "tools/cli/common.h"

#include <CLI/CLI.hpp>
#include <algorithm>

#include "engine/in_quotes.h"
#include "engine/nearest.h"
#include "engine/require.h"
#include "ops/op_names.h"

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

void add_common(CLI::App& app, CommonOptions& o) {
    const std::string group = "Common";
    app.add_option("--net", o.net, "network: googlenet, vgg16, vgg19, squeezenet1_1 or lenet")
        ->capture_default_str()
        ->group(group);
    app.add_option(
           "--device", o.device,
           "where to compute: cpu, cuda (or cuda:1, the second GPU), or cuda-on-cpu, the CUDA kernels on the processor")
        ->capture_default_str()
        ->group(group);
    app.add_option("--precision", o.precision,
                   "fp32; tf32: the GPU rounds factors to 10 bits of mantissa; bf16: activations stored in 16 bits; "
                   "auto: tf32 on a GPU that has it, else fp32")
        ->check(CLI::IsMember({"auto", "fp32", "tf32", "bf16"}))
        ->capture_default_str()
        ->group(group);
    app.add_option("--threads", o.threads, "threads; the result is the same for every number of them")
        ->check(CLI::Range(1, 1024))
        ->capture_default_str()
        ->group(group);
    app.add_option("--seed", o.seed, "seed of every random number")->capture_default_str()->group(group);
    app.add_option("--kernels", o.kernels, "hand, vendor, reference, or OP=KERNEL, separated by commas")->group(group);
    app.add_flag("--profile", o.profile, "print the time of every op at the end")->group(group);
    app.add_flag("--quiet", o.quiet, "print nothing but errors and results")->group(group);
}

std::string precision_of(const CommonOptions& o) {
    if (o.precision != "auto") return o.precision;
    const Device& device = device_named(o.device);
    return device.kind() == DeviceKind::cuda && device.architecture() >= 80 ? "tf32" : "fp32";
}

DType activation_type(const CommonOptions& o) { return o.precision == "bf16" ? DType::bf16 : DType::f32; }

PlanOptions plan_options(const CommonOptions& o) {
    Device& device = device_named(o.device);
    return {.device = &device,
            .threads = o.threads,
            .kernels = filter_of(o.kernels),
            .arena = std::make_shared<Arena>(device),
            .tf32 = precision_of(o) == "tf32"};
}

}  // namespace gradus
