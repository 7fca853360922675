#include "tools/cli/common.h"

#include <CLI/CLI.hpp>

#include "engine/require.h"

namespace gradus {

void add_common(CLI::App& app, CommonOptions& o) {
    const std::string group = "Common";
    app.add_option("--net", o.net, "network: googlenet, vgg16, vgg19, squeezenet1_1 or lenet")
        ->capture_default_str()
        ->group(group);
    app.add_option("--device", o.device, "where to compute: cpu")->capture_default_str()->group(group);
    app.add_option("--precision", o.precision, "fp32, or bf16: activations stored in 16 bits")
        ->check(CLI::IsMember({"fp32", "bf16"}))
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

DType activation_type(const CommonOptions& o) { return o.precision == "bf16" ? DType::bf16 : DType::f32; }

PlanOptions plan_options(const CommonOptions& o) {
    require(o.device == "cpu", "no device \"{}\" in this build; there is cpu", o.device);
    return {.threads = o.threads, .kernels = KernelFilter(o.kernels), .arena = std::make_shared<Arena>()};
}

}  // namespace gradus
