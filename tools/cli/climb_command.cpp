#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <memory>
#include <utility>

#include "engine/require.h"
#include "tools/cli/commands.h"
#include "tools/cli/objective_context.h"
#include "tools/cli/photos.h"
#include "tools/cli/picture_flags.h"
#include "tools/cli/progress.h"
#include "tools/cli/recipe.h"
#include "tools/cli/run_page.h"
#include "tools/cli/run_settings.h"
#include "tools/cli/search_flags.h"
#include "tools/cli/sized.h"
#include "tools/image/original_colors.h"
#include "tools/search/mask.h"
#include "tools/tell.h"

namespace gradus {
namespace {

struct ClimbCommand {
    CommonOptions common = {};
    SearchFlags search = {.written = "pixels", .transforms = "jitter", .optimizer = "ascent", .steps = 100};
    PictureFlags pictures = {};
    std::string photo, output, objective, mask;
    int size = 0;
    float linf = 0, l2 = 0;
    bool original_colors = false;

    bool in_ball() const { return linf > 0 || l2 > 0; }
    const char* ball() const { return linf > 0 ? "--linf" : "--l2"; }
};

/// How far a picture lies from the photograph: the largest change of a value, and the root of the sum of squares.
std::pair<double, double> distances(const Image& picture, const Image& photo) {
    double largest = 0, squares = 0;
    for (std::size_t i = 0; i < photo.rgb.size(); ++i) {
        const double d = static_cast<double>(picture.rgb[i]) - static_cast<double>(photo.rgb[i]);
        largest = std::max(largest, std::abs(d));
        squares += d * d;
    }
    return {largest, std::sqrt(squares)};
}

void climb(const ClimbCommand& c, const Command& command, const Net& net, const Photograph& given) {
    const Image &whole = given.image, photo = sized(whole, c.size, c.common.threads);
    const PlanOptions plans = plan_options(c.common);
    SearchOptions options = search_options(c.search, c.common);
    options.profile = c.common.profiled();
    if (c.linf > 0) options.tidies.push_back(within_linf(photo, static_cast<double>(c.linf)));
    if (c.l2 > 0) options.tidies.push_back(within_l2(photo, static_cast<double>(c.l2)));
    std::optional<Image> mask;
    if (!c.mask.empty()) {
        mask = load_mask(c.mask, whole.width, whole.height, given.file);
        options.mask = mask;
        options.around = photo;
    }
    LanguageContext context = objective_context(net, photo.height, photo.width, options.activations, plans);
    RunSettings named;  // pictures that the objective names, by their places in it: the files may lie elsewhere
    for (auto* load : {&context.picture, &context.mask})
        *load = [&named, given = *load](const std::string& file) {
            Image picture = given(file);
            named.push_back({fmt::format("picture {} of --objective", named.size() + 1), fingerprint(picture)});
            return picture;
        };
    const Objective objective = read_objective(c.objective, context) + costs(c.search);
    const auto settings = [&] {
        RunSettings all =
            run_settings(command, c.common, net, {{"photo", &whole}, {"--mask", mask ? &*mask : nullptr}});
        all.insert(all.end(), named.begin(), named.end());
        return all;
    };
    Checkpoints checkpoints(c.search.checkpoints, settings, 1, c.common.quiet);
    catch_interrupts();

    const auto start = std::chrono::steady_clock::now();
    Search search(net, {objective}, photo.height, photo.width, options, plans);
    search.start_from(0, photo);
    if (!checkpoints.resumed().empty()) search.restore(checkpoints.from(0));
    const auto finished = [&](const Image& climbed) {
        return with_all_of(c.original_colors ? with_colors_of(climbed, photo) : climbed, whole, c.common.threads);
    };
    Recipe recipe = recipe_of(command, c.common, net, unsaid(c.search), &given);
    Progress progress(
        {.what = "climb", .steps = options.steps, .quiet = c.common.quiet, .log = c.pictures.log, .about = given.file});
    const SearchResult result = search.run([&](const SearchLook& look) {
        progress.step(look.done, "", look.objective, look.memory);
        if (c.search.save_every > 0 && look.done % c.search.save_every == 0)
            save_step(c.pictures, given.output, look.done, finished(look.picture(0)), recipe);
        checkpoints.step(0, look);
        return !interrupted();
    })[0];
    progress.finish();
    checkpoints.finish();
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();

    for (const Curve& curve : result.curves) {
        const std::string change = fmt::format("{:.6g} -> {:.6g}", curve.values.front(), curve.values.back());
        recipe.push_back({fmt::format("gradus.curve.{}", curve.name.substr(0, 60)), change});
        if (!c.common.quiet) tell("{}: {}\n", curve.name, change);
    }
    if (!c.common.quiet) tell("{}\n", how_it_ended(result.steps, result.evaluations, result.end));
    const Image picture = finished(result.picture);
    if (c.in_ball()) {
        const auto [linf, l2] = distances(picture, photo);
        recipe.push_back({"gradus.distance", fmt::format("linf {:.6g}, l2 {:.6g}", linf, l2)});
        if (!c.common.quiet) tell("away from the photograph: linf {:.6g}, l2 {:.6g}\n", linf, l2);
    }
    save_picture(c.pictures, given.output, picture, recipe);
    if (!c.common.quiet) tell("{}: {}x{}\n", given.output, picture.width, picture.height);
    if (!c.search.report.empty())
        save_report(
            c.search.report,
            run_page(fmt::format("Climb: {}", given.file), recipe, {{photo, given.file}, {picture, given.output}},
                     {{.title = "Objective and its terms", .curves = result.curves}}, seconds));
    show_profile(c.common, result.profile, result.timed_runs);
    require(result.end != SearchEnd::not_finite,
            "climb: the objective or its gradient was not finite at step {}; {} holds the picture as it was before{}",
            result.steps + 1, given.output, smaller_rate(c.search));
}

void run(const ClimbCommand& c, const Command& command) {
    check_search(command, c.search);
    check_outputs(c.search);
    require(!c.in_ball() || c.search.written == "pixels",
            "climb: was given {} with --written {}, expected --written pixels, which are what stays in a ball",
            c.ball(), c.search.written);
    require(!c.in_ball() || !c.original_colors,
            "climb: was given --original-colors with {}, whose ball the change of colors could leave", c.ball());
    std::optional<Net> net;
    each_photograph(
        {"climb", c.photo, c.output, c.pictures, c.search.save_every, c.common.quiet, for_one(c.search, c.common)},
        [&] { net = load_net(c.common); }, [&](const Photograph& photo) { climb(c, command, *net, photo); });
}

}  // namespace

void add_climb(Command app) {
    auto c = std::make_shared<ClimbCommand>();
    Command command = app.command("climb", "change a picture towards an objective written on the command line");
    command.option("photo", c->photo, "photograph, - for standard input; or a folder of them").required();
    command
        .option("-o,--output", c->output,
                "picture to write: .png or .jpg, - for standard output; for a folder, the folder to write into")
        .required();
    command
        .option("--objective", c->objective,
                "what to climb, such as 0.1*energy(inception_4c/output) + class(goldfish) - 2e-4*tv")
        .required();
    command.option("--mask", c->mask, "picture of the photograph's size: only its white parts change");
    command.flag("--original-colors", c->original_colors, "what came out with the colors of the photograph");
    command.option("--size", c->size, "longer side in pixels (0: as the photograph is)").within(0, 65535);
    command
        .option("--linf", c->linf, "no value may end farther than this from the photograph's, which are 0..1 (0: free)")
        .within(0.0, 1.0);
    command
        .option("--l2", c->l2,
                "nor all of them together: the root of the sum of squares over all values of the picture (0: free)")
        .within(0.0, 1e9);
    add_picture_flags(command, c->pictures);
    add_search_flags(command, c->search);
    add_common(command, c->common);
    command.example("gradus climb cat.jpg --objective \"class(goldfish) - 2e-4*tv\" --size 224 -o goldfish.png");
    command.runs([c, command] { run(*c, command); });
}

}  // namespace gradus
