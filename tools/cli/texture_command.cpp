#include <fmt/format.h>

#include <cmath>
#include <memory>

#include "tools/cli/commands.h"
#include "tools/cli/given.h"
#include "tools/cli/photos.h"
#include "tools/cli/picture_flags.h"
#include "tools/cli/run_settings.h"
#include "tools/cli/style_flags.h"
#include "tools/cli/style_run.h"
#include "tools/search/mask.h"
#include "tools/techniques/style_stages.h"
#include "tools/techniques/texture.h"

namespace gradus {
namespace {

struct TextureCommand {
    CommonOptions common = {};
    SearchFlags search = {
        .written = "pixels", .transforms = "none", .optimizer = "lbfgs", .steps = 300, .tv = 0, .checkpoints = {}};
    StyleFlags style = {.content_weight = 0, .tv_weight = 0, .pooling = "average"};
    PictureFlags pictures = {};
    std::string sample, output, fill;
    int width = 0, height = 0, levels = 2;
    bool tileable = false, no_histogram = false;
};

const std::vector<std::string> not_of_inpainting = {"--width", "--height", "--tileable", "--no-histogram"};

/// The options whose defaults would be refused if the recipe gave them.
std::vector<std::string> unsaid_of(const TextureCommand& c) {
    std::vector<std::string> all = unsaid(c.search);
    if (!c.fill.empty()) all.insert(all.end(), not_of_inpainting.begin(), not_of_inpainting.end());
    return all;
}

void texture_of(const TextureCommand& c, const Command& command, const Net& net, const Photograph& given) {
    TextureOptions o{.style = style_options(c.style, c.search, c.common),
                     .height = c.height,
                     .width = c.width,
                     .levels = c.levels,
                     .tileable = c.tileable,
                     .histogram = !c.no_histogram};
    o.style.search.profile = c.common.profiled();
    if (!c.fill.empty()) o.fill = load_mask(c.fill, given.image.width, given.image.height, given.file);
    o.style.sizes.resize(static_cast<std::size_t>(c.levels));
    StyleRun run{.command = command,
                 .common = c.common,
                 .search = c.search,
                 .out = c.pictures,
                 .net = net,
                 .photo = given,
                 .unsaid = unsaid_of(c),
                 .stages = {},
                 .work = {},
                 .pictures =
                     [&] {
                         return std::vector<ReportPicture>{{given.image, given.file}};
                     },
                 .settings =
                     [&] {
                         return run_settings(command, c.common, net,
                                             {{"sample", &given.image}, {"--inpaint", o.fill ? &*o.fill : nullptr}});
                     },
                 .shows_photo = o.fill.has_value()};
    for (int level = 1; level <= c.levels; ++level) {
        run.stages.push_back(fmt::format("level {}", level));
        run.work.push_back({o.style.steps[level == 1 ? 0 : o.style.steps.size() - 1], std::pow(4.0, level - c.levels)});
    }
    run_style(run, [&](std::vector<SearchState> from, const StyleWatcher& watch) {
        o.style.from = std::move(from);
        return texture(net, given.image, o, plan_options(c.common), watch);
    });
}

void run(TextureCommand& c, const Command& command) {
    if (!c.fill.empty())
        require_not_given(command, not_of_inpainting, "--inpaint, which keeps the rest of the sample as it is");
    std::optional<Net> net;
    const auto prepare = [&] {
        net = load_net(c.common);
        settle_style_layers(c.style, command, net->table());
        check_search(command, c.search);
        check_outputs(c.search);
        net = formed(*net, c.style);
    };
    each_photograph(
        {"texture", c.sample, c.output, c.pictures, c.search.save_every, c.common.quiet, for_one(c.search, c.common)},
        prepare, [&](const Photograph& photo) { texture_of(c, command, *net, photo); });
}

}  // namespace

void add_texture(Command app) {
    auto c = std::make_shared<TextureCommand>();
    c->common.net = "vgg19";
    Command command = app.command("texture", "more of a texture, from a sample of it");
    command.option("sample", c->sample, "sample, - for standard input; or a folder of them").required();
    command
        .option("-o,--output", c->output,
                "picture to write: .png or .jpg, - for standard output; for a folder, the folder to write into")
        .required();
    command.option("--width", c->width, "of the result in pixels (0: as the sample)").within(0, 65535);
    command.option("--height", c->height, "of the result in pixels (0: as the sample)").within(0, 65535);
    command.option("--levels", c->levels, "sizes from coarse to fine, each half of the next").within(1, 16);
    command.flag("--tileable", c->tileable, "it can be laid side by side with itself");
    command.option("--inpaint", c->fill,
                   "picture of the sample's size: what is white there is made anew, from the rest");
    command.flag("--no-histogram", c->no_histogram, "leave the colors as they come, instead of spread as the sample's");
    add_picture_flags(command, c->pictures);
    add_style_losses(command, c->style);
    add_style_search(command, c->style, c->search);
    add_common(command, c->common);
    command.example("gradus texture brick.png --tileable -o wall.png");
    command.runs([c, command] { run(*c, command); });
}

}  // namespace gradus
