#include "tools/cli/search_flags.h"

#include <algorithm>
#include <limits>
#include <numeric>

#include "engine/require.h"
#include "tools/cli/given.h"
#include "tools/report/report_page.h"
#include "tools/search/picture_objectives.h"

namespace gradus {
namespace {

Parametrization written(const std::string& name) {
    if (name == "pixels") return pixels_as_they_are();
    return name == "laplacian" ? laplacian() : fourier();
}

Optimizer optimizer(const SearchFlags& f) {
    const auto rate = [&](double own) { return f.rate.empty() ? StepSchedule(own) : parse_schedule(f.rate); };
    if (f.optimizer == "ascent") return ascent(rate(1.5 / 255));
    if (f.optimizer == "momentum") return momentum(rate(0.1));
    if (f.optimizer == "rmsprop") return rmsprop(rate(0.01));
    // Of pixels, 13 in 0..255; other numbers have other units.
    const double longest = f.written == "pixels" ? 0.05 : std::numeric_limits<double>::infinity();
    if (f.optimizer == "lbfgs") return lbfgs(rate(1), f.history, longest);
    if (f.along_lines()) return wolfe(f.history);
    return adam(rate(0.05), 0.9, f.beta2);
}

}  // namespace

void add_search_flags(Command& command, SearchFlags& f) {
    const char* group = "Search";
    command.option("--written", f.written, "what is moved: waves across the picture, a pyramid of sizes, or pixels")
        .one_of({"fourier", "laplacian", "pixels"})
        .under(group);
    command
        .option("--transforms", f.transforms,
                "what the picture must survive: shifts, scales and turns; shifts by whole pixels; nothing")
        .one_of({"robust", "jitter", "none"})
        .under(group);
    command.option("--jitter", f.jitter, "largest shift of --transforms jitter, in pixels")
        .within(0, 4096)
        .under(group);
    std::vector<std::string> optimizers{"adam", "ascent", "momentum", "rmsprop", "lbfgs", "wolfe"};
    // A command may have one of its own.
    if (std::find(optimizers.begin(), optimizers.end(), f.optimizer) == optimizers.end())
        optimizers.push_back(f.optimizer);
    command
        .option("--optimizer", f.optimizer,
                "how far to move; wolfe is lbfgs that looks how far, which may take several looks a step")
        .one_of(optimizers)
        .under(group);
    command
        .option("--rate", f.rate,
                "step length, or STEP:RATE,STEP:RATE ... (default: adam 0.05, ascent 1.5/255, momentum 0.1, rmsprop "
                "0.01, lbfgs 1)")
        .under(group);
    command.option("--history", f.history, "steps that lbfgs and wolfe remember").within(1, 100).under(group);
    command.option("--steps", f.steps, "steps").within(1, 1000000).under(group);
    command.option("--tv", f.tv, "cost of differences between neighbors").within(0.0, 1e9).under(group);
    command.option("--alpha", f.alpha, "cost of the 6th power of the distance from gray").within(0.0, 1e9).under(group);
    command.option("--l1", f.l1, "cost of the distance from gray").within(0.0, 1e9).under(group);
    command.option("--roughness", f.roughness, "cost of what a small blur takes away").within(0.0, 1e9).under(group);
    command.option("--save-every", f.save_every, "also save the picture every so many steps (0: never)")
        .within(0, 1 << 30)
        .under(group);
    command.option("--report", f.report, "also write a page with pictures, curves and settings: .html").under(group);
    add_checkpoint_flags(command, f.checkpoints);
}

void check_search(const Command& command, const SearchFlags& f) {
    if (f.optimizer != "adam")
        require_not_given(command, {"--beta2"}, fmt::format("--optimizer {}, which has none", f.optimizer));
    if (!f.along_lines()) return;
    require_not_given(command, {"--average", "--memory"}, "--optimizer wolfe, which looks at the whole of one picture");
    require_not_given(command, {"--rate"}, "--optimizer wolfe, which looks how far to go itself");
    require_not_given(command, {"--checkpoint", "--checkpoint-every", "--resume"},
                      "--optimizer wolfe, which keeps nothing to go on from");
    require(
        f.transforms == "none",
        "{}: was given --optimizer wolfe and --transforms {}, expected --transforms none: it compares places, which "
        "another view each time would change",
        command.name(), f.transforms);
}

std::vector<std::string> unsaid(const SearchFlags& f) {
    std::vector<std::string> all;
    if (f.optimizer != "adam") all.push_back("--beta2");
    if (f.along_lines()) all.insert(all.end(), {"--rate", "--average", "--memory"});
    return all;
}

std::string smaller_rate(const SearchFlags& f) { return f.along_lines() ? "" : ", and a smaller --rate may help"; }

std::string how_it_ended(int steps, int evaluations, SearchEnd end) {
    const std::string of =
        evaluations > steps ? fmt::format(" of {} evaluation{}", evaluations, evaluations == 1 ? "" : "s") : "";
    return fmt::format("{} steps{}, {}", steps, of, to_string(end));
}

void check_outputs(const SearchFlags& f) {
    if (!f.report.empty()) check_report(f.report);
    check_checkpoint(f.checkpoints);
}

std::vector<std::pair<std::string, std::string>> for_one(const SearchFlags& f, const CommonOptions& common) {
    return {{"--report", f.report},
            {"--checkpoint", f.checkpoints.checkpoint},
            {"--resume", f.checkpoints.resume},
            {"--profile", common.trace()}};
}

SearchOptions search_options(const SearchFlags& f, const CommonOptions& common) {
    SearchOptions o;
    o.written = written(f.written);
    if (f.transforms == "robust") o.transforms = {robust()};
    if (f.transforms == "jitter") o.transforms = {jitter(f.jitter)};
    o.optimizer = optimizer(f);
    o.average = f.average;
    o.steps = f.steps;
    o.seed = common.seed;
    o.activations = activation_type(common);
    o.look_every = look_every(f.save_every, f.steps, common);
    return o;
}

std::optional<int> look_every(int save_every, int steps, const CommonOptions& common) {
    if (save_every == 0 || device_for(common).kind() != DeviceKind::cuda) return {};
    return std::gcd(gpu_looks_every, std::gcd(save_every, steps));
}

Objective costs(const SearchFlags& f) {
    Objective all;
    const auto subtract = [&](float weight, Objective cost) {
        if (weight != 0) all = std::move(all) - static_cast<double>(weight) * std::move(cost);
    };
    subtract(f.tv, total_variation());
    subtract(f.alpha, alpha_norm());
    subtract(f.l1, l1());
    subtract(f.roughness, roughness());
    return all;
}

}  // namespace gradus
