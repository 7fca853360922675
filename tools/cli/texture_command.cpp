#include <fmt/format.h>

#include <chrono>
#include <memory>

#include "engine/require.h"
#include "nets/form.h"
#include "tools/cli/commands.h"
#include "tools/cli/given.h"
#include "tools/cli/photos.h"
#include "tools/cli/progress.h"
#include "tools/cli/recipe.h"
#include "tools/cli/run_page.h"
#include "tools/cli/run_settings.h"
#include "tools/cli/style_flags.h"
#include "tools/search/mask.h"
#include "tools/techniques/texture.h"

namespace gradus {
namespace {

struct TextureCommand {
    CommonOptions common = {};
    SearchFlags search = {
        .written = "pixels", .transforms = "none", .optimizer = "lbfgs", .steps = 300, .tv = 0, .checkpoints = {}};
    StyleFlags style = {.content_weight = 0, .tv_weight = 0, .pooling = "average"};
    std::string sample, output, fill;
    int width = 0, height = 0, levels = 2;
    bool tileable = false, no_histogram = false;
};

void texture_of(const TextureCommand& c, const Command& command, const Net& net, const Photograph& given) {
    TextureOptions o{.style = style_options(c.style, c.search, c.common),
                     .height = c.height,
                     .width = c.width,
                     .levels = c.levels,
                     .tileable = c.tileable,
                     .histogram = !c.no_histogram};
    o.style.search.profile = c.common.profiled();
    if (!c.fill.empty()) o.fill = load_mask(c.fill, given.image.width, given.image.height, given.file);
    const auto settings = [&] {
        return run_settings(command, c.common, net,
                            {{"sample", &given.image}, {"--inpaint", o.fill ? &*o.fill : nullptr}});
    };
    Checkpoints checkpoints(c.search.checkpoints, settings, c.levels, c.common.quiet);
    o.style.from = checkpoints.resumed();
    catch_interrupts();
    Progress progress("texture", c.levels * c.search.steps, c.common.quiet);
    const auto start = std::chrono::steady_clock::now();
    const StyleResult result = texture(net, given.image, o, plan_options(c.common), [&](const StyleStep& s) {
        progress.step(s.done, fmt::format("{}x{}", s.width, s.height), -s.look.objective);
        if (c.search.save_every > 0 && s.done % c.search.save_every == 0)
            save_image(numbered(given.output, s.done), s.picture());
        checkpoints.step(s.size, s.look);
        return !interrupted();
    });
    progress.finish();
    checkpoints.finish();
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    Recipe recipe = recipe_of(command, c.common, unsaid(c.search));
    recipe.push_back({"gradus.weights.sha256", net.weights().sha256()});
    if (given.of_folder) recipe.push_back({"gradus.photo", given.file});
    std::vector<Plot> plots;
    for (std::size_t i = 0; i < result.curves.size(); ++i) {
        const std::vector<double>& loss = result.curves[i][0].values;
        const std::string change = fmt::format("{:.6g} -> {:.6g}", loss.front(), loss.back());
        recipe.push_back({fmt::format("gradus.loss.{}", i + 1), change});
        if (!c.common.quiet) fmt::print(stderr, "level {}: loss {}\n", i + 1, change);
        plots.push_back({.title = fmt::format("Losses at level {}", i + 1), .curves = result.curves[i]});
    }
    save_image(given.output, result.picture, {.recipe = recipe});
    if (!c.common.quiet)
        fmt::print(stderr, "{}\n{}: {}x{}\n", how_it_ended(result.steps, result.evaluations, result.end), given.output,
                   result.picture.width, result.picture.height);
    if (!c.search.report.empty())
        save_report(c.search.report,
                    run_page(fmt::format("Texture: {}", given.file), recipe,
                             {{given.image, given.file}, {result.picture, given.output}}, std::move(plots), seconds));
    show_profile(c.common, result.profile, result.timed_runs);
    require(result.end != SearchEnd::not_finite,
            "texture: the loss or its gradient was not finite at step {}; {} holds the picture as it was before{}",
            result.steps + 1, given.output, smaller_rate(c.search));
}

void run(TextureCommand& c, const Command& command) {
    if (!c.fill.empty())
        require_not_given(command, {"--width", "--height", "--tileable", "--no-histogram"},
                          "--inpaint, which keeps the rest of the sample as it is");
    std::optional<Net> net;
    const auto prepare = [&] {
        net = load_net(c.common);
        settle_style_layers(c.style, command, net->table());
        check_search(command, c.search);
        check_outputs(c.search);
        if (c.style.pooling == "average") net = with_table(*net, with_average_pools(net->table()));
    };
    each_photograph({"texture", c.sample, c.output, for_one(c.search, c.common)}, prepare,
                    [&](const Photograph& photo) { texture_of(c, command, *net, photo); });
}

}  // namespace

void add_texture(Command app) {
    auto c = std::make_shared<TextureCommand>();
    c->common.net = "vgg19";
    Command command = app.command("texture", "more of a texture, from a sample of it");
    command.option("sample", c->sample, "sample: PNG, JPEG, BMP, GIF or PPM; or a folder of them").required();
    command.option("-o,--output", c->output, "picture to write: .png or .jpg; for a folder, the folder to write into")
        .required();
    command.option("--width", c->width, "of the result in pixels (0: as the sample)").within(0, 65535);
    command.option("--height", c->height, "of the result in pixels (0: as the sample)").within(0, 65535);
    command.option("--levels", c->levels, "sizes from coarse to fine, each half of the next").within(1, 16);
    command.flag("--tileable", c->tileable, "it can be laid side by side with itself");
    command.option("--inpaint", c->fill,
                   "picture of the sample's size: what is white there is made anew, from the rest");
    command.flag("--no-histogram", c->no_histogram, "leave the colors as they come, instead of spread as the sample's");
    add_style_losses(command, c->style);
    add_style_search(command, c->style, c->search);
    add_common(command, c->common);
    command.example("gradus texture brick.png --tileable -o wall.png");
    command.runs([c, command] { run(*c, command); });
}

}  // namespace gradus
