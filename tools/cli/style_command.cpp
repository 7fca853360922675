#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <memory>

#include "engine/in_quotes.h"
#include "engine/require.h"
#include "tools/cli/commands.h"
#include "tools/cli/given.h"
#include "tools/cli/layer_flags.h"
#include "tools/cli/photos.h"
#include "tools/cli/picture_flags.h"
#include "tools/cli/progress.h"
#include "tools/cli/recipe.h"
#include "tools/cli/run_settings.h"
#include "tools/cli/style_flags.h"
#include "tools/cli/style_run.h"
#include "tools/image/match_colors.h"
#include "tools/image/resized.h"
#include "tools/image/sheet.h"
#include "tools/search/mask.h"
#include "tools/techniques/style_grid.h"
#include "tools/techniques/style_stages.h"
#include "tools/tell.h"

namespace gradus {
namespace {

struct StyleCommand {
    CommonOptions common = {};
    SearchFlags search = {
        .written = "pixels", .transforms = "none", .optimizer = "lbfgs", .steps = 300, .tv = 0, .checkpoints = {}};
    StyleFlags style = {};
    PictureFlags out = {};
    std::string photo, output, content_mask;
    std::vector<std::string> arts = {}, weights = {}, masks = {}, art_masks = {};
    std::vector<Image> pictures = {};  // of `arts`
    bool grid = false;
    std::vector<std::string> ratios = {"0.01", "0.1", "1", "10"};
};

const std::vector<std::string> not_of_grids = {"--memory", "--smallest",   "--further-steps", "--save-every",
                                               "--report", "--checkpoint", "--resume",        "--profile"};

/// The options whose defaults would be refused if the recipe gave them.
std::vector<std::string> unsaid_of(const StyleCommand& c) {
    std::vector<std::string> all = unsaid(c.search);
    if (!c.grid) all.push_back("--ratios");
    if (c.grid) all.insert(all.end(), not_of_grids.begin(), not_of_grids.end());
    return all;
}

/// What an option with one value per style picture was given for picture `i`; empty: nothing.
std::string value_of(const std::vector<std::string>& values, std::size_t i) {
    return values.empty() || values[i] == "none" ? "" : values[i];
}

void check_counts(const StyleCommand& c) {
    for (const auto& [option, values] :
         {std::pair{"--style-weights", &c.weights}, {"--mask", &c.masks}, {"--style-mask", &c.art_masks}})
        require(values->empty() || values->size() == c.arts.size(),
                "style: was given {} values for {}, expected {}, one for each style picture", values->size(), option,
                c.arts.size());
}

/// The style pictures, with their weights and masks, in the photograph's colors if that is asked for.
std::vector<StyleSource> sources_of(const StyleCommand& c, const Photograph& photo) {
    std::vector<StyleSource> sources;
    for (std::size_t i = 0; i < c.arts.size(); ++i) {
        StyleSource source{.picture = c.pictures[i]};
        if (c.style.match_colors == "histogram") source.picture = with_histogram_of(source.picture, photo.image);
        if (c.style.match_colors == "linear") source.picture = with_color_statistics_of(source.picture, photo.image);
        if (!c.weights.empty()) source.weight = number_in("style", "--style-weights", c.weights[i]);
        require(source.weight >= 0, "style: found the weight {} in --style-weights, expected 0 or more", source.weight);
        if (const std::string file = value_of(c.masks, i); !file.empty())
            source.where = load_mask(file, photo.image.width, photo.image.height, photo.file);
        if (const std::string file = value_of(c.art_masks, i); !file.empty())
            source.part = load_mask(file, source.picture.width, source.picture.height, c.arts[i]);
        source.part = opaque_part(c.pictures[i], source.part);
        require(!source.part || std::ranges::any_of(source.part->rgb, [](float v) { return v > 0; }),
                "style: found nothing in {} that is {}, expected a part whose style is wanted", in_quotes(c.arts[i]),
                value_of(c.art_masks, i).empty() ? "opaque" : "white in its --style-mask, and opaque");
        sources.push_back(std::move(source));
    }
    return sources;
}

/// The options, with the pictures that they name.
StyleOptions start_of(const StyleCommand& c, const Photograph& photo) {
    StyleOptions o = style_options(c.style, c.search, c.common);
    o.search.profile = c.common.profiled();
    o.start = c.style.init == "noise" ? StyleStart::noise : StyleStart::content;
    if (c.style.init != "noise" && c.style.init != "content") o.from_picture = load_image(c.style.init);
    if (!c.content_mask.empty())
        o.content_mask = load_mask(c.content_mask, photo.image.width, photo.image.height, photo.file);
    return o;
}

/// The pictures that a run depends on, so that a checkpoint goes with them.
RunSettings settings_of(const StyleCommand& c, const Command& command, const Net& net, const Image& photo,
                        const std::vector<StyleSource>& sources, const StyleOptions& o) {
    std::vector<NamedPicture> named{{"photo", &photo}, {"--content-mask", o.content_mask ? &*o.content_mask : nullptr}};
    if (o.from_picture) named.push_back({"--init", &*o.from_picture});
    RunSettings all = run_settings(command, c.common, net, named);
    for (std::size_t i = 0; i < sources.size(); ++i) {
        all.push_back({fmt::format("style picture {}", i + 1), fingerprint(sources[i].picture)});
        for (const auto& mask : {sources[i].part, sources[i].where})
            if (mask) all.push_back({fmt::format("a mask of style picture {}", i + 1), fingerprint(*mask)});
    }
    return all;
}

/// The figure of the paper: layers downwards, weights across.
void grid_of(const StyleCommand& c, const Command& command, const Net& net, const Photograph& given) {
    StyleOptions o = start_of(c, given);
    StyleGridOptions grid{.rows = growing(o.style_layers), .columns = {}};
    SheetOptions sheet;
    for (const std::string& text : c.ratios) {
        grid.columns.push_back(number_in("style", "--ratios", text));
        require(grid.columns.back() >= 0, "style: found {} in --ratios, expected 0 or more", text);
        sheet.column_labels.push_back(fmt::format("content x {}", text));
    }
    for (std::size_t n = 1; n <= grid.rows.size(); ++n)
        sheet.row_labels.push_back((n > 1 ? "to " : "") + grid.rows[n - 1].back().name);
    const int cells = static_cast<int>(grid.rows.size() * grid.columns.size());
    const auto [height, width] = size_with_longer_side(given.image, c.style.size);
    check_sheet(cells, width, height, sheet);
    catch_interrupts();
    Progress progress({.what = "style",
                       .steps = cells * c.search.steps,
                       .quiet = c.common.quiet,
                       .log = c.out.log,
                       .about = given.file});
    const std::vector<StyleResult> results = style_grid(
        net, given.image, sources_of(c, given), o, grid, plan_options(c.common), [&](int cell, const SearchLook& look) {
            progress.step(cell * look.steps + look.done, fmt::format("cell {} of {}", cell + 1, cells), -look.objective,
                          look.memory);
            return !interrupted();
        });
    progress.finish();
    std::vector<SheetTile> tiles;
    for (const StyleResult& result : results) tiles.push_back({result.picture, ""});
    tiles.resize(static_cast<std::size_t>(cells));
    const Image figure = contact_sheet(tiles, sheet);
    Recipe recipe = recipe_of(command, c.common, net, unsaid_of(c), &given);
    for (std::size_t i = 0; i < results.size(); ++i) {
        const std::vector<double>& loss = results[i].curves[0][0].values;
        recipe.push_back(
            {fmt::format("gradus.loss.{}", i + 1), fmt::format("{:.6g} -> {:.6g}", loss.front(), loss.back())});
    }
    save_picture(c.out, given.output, figure, recipe);
    if (!c.common.quiet) tell("{}: {}x{}\n", given.output, figure.width, figure.height);
    const auto broken = std::ranges::count(results, SearchEnd::not_finite, &StyleResult::end);
    require(broken == 0,
            "style: the loss or its gradient was not finite in {} of {} cells; {} holds them as they were before{}",
            broken, cells, given.output, smaller_rate(c.search));
}

std::vector<ReportPicture> pictures_of(const StyleCommand& c, const Photograph& photo,
                                       const std::vector<StyleSource>& sources) {
    std::vector<ReportPicture> all{{photo.image, photo.file}};
    for (std::size_t i = 0; i < sources.size(); ++i) all.push_back({sources[i].picture, c.arts[i]});
    return all;
}

void style_one(const StyleCommand& c, const Command& command, const Net& net, const Photograph& given) {
    StyleOptions o = start_of(c, given);
    const std::vector<StyleSource> sources = sources_of(c, given);
    StyleRun run{.command = command,
                 .common = c.common,
                 .search = c.search,
                 .out = c.out,
                 .net = net,
                 .photo = given,
                 .unsaid = unsaid_of(c),
                 .stages = {},
                 .work = {},
                 .pictures = [&] { return pictures_of(c, given, sources); },
                 .settings = [&] { return settings_of(c, command, net, given.image, sources, o); }};
    for (std::size_t i = 0; i < o.sizes.size(); ++i) {
        run.stages.push_back(fmt::format("{} pixels", o.sizes[i]));
        run.work.push_back({o.steps[std::min(i, o.steps.size() - 1)], std::pow(o.sizes[i], 2.0)});
    }
    run_style(run, [&](std::vector<SearchState> from, const StyleWatcher& watch) {
        o.from = std::move(from);
        return style_transfer(net, given.image, sources, o, plan_options(c.common), watch);
    });
}

void run(StyleCommand& c, const Command& command) {
    check_counts(c);
    if (c.grid)
        require_not_given(command, not_of_grids, "--grid, whose cells are made at one size, at once");
    else
        require_not_given(command, {"--ratios"}, "one picture, expected --grid");
    for (const std::string& file : c.arts) c.pictures.push_back(load_image(file));
    std::optional<Net> net;
    const auto prepare = [&] {
        net = load_net(c.common);
        settle(c.style, c.search, command, net->table());
        check_search(command, c.search);
        check_outputs(c.search);
        net = formed(*net, c.style);
    };
    each_photograph(
        {"style", c.photo, c.output, c.out, c.search.save_every, c.common.quiet, for_one(c.search, c.common)}, prepare,
        [&](const Photograph& photo) { (c.grid ? grid_of : style_one)(c, command, *net, photo); });
}

}  // namespace

void add_style(Command app) {
    auto c = std::make_shared<StyleCommand>();
    c->common.net = "vgg19";
    Command command = app.command("style", "what a photograph shows, in the style of other pictures");
    command.option("photo", c->photo, "photograph, - for standard input; or a folder of them").required();
    command
        .option("-o,--output", c->output,
                "picture to write: .png or .jpg, - for standard output; for a folder, the folder to write into")
        .required();
    command.option("--style", c->arts, "pictures whose style is wanted").required();
    command.option("--style-weights", c->weights, "how much each of them counts (default: all alike)");
    command.option(
        "--mask", c->masks,
        "for each of them a picture of the photograph's size: it is for what is white there (none: for all)");
    command.option(
        "--style-mask", c->art_masks,
        "for each of them a picture of its size: its style is that of what is white there (none: of all). What "
        "is transparent in a style picture never counts");
    command.option("--content-mask", c->content_mask,
                   "picture of the photograph's size: only its white parts are kept");
    command.flag("--grid", c->grid, "a sheet instead: the first style layer, the first two, ... by content weights");
    command.option("--ratios", c->ratios, "of the sheet's columns: factors of the content weight");
    add_picture_flags(command, c->out);
    add_style_flags(command, c->style);
    add_style_losses(command, c->style);
    add_style_search(command, c->style, c->search);
    add_common(command, c->common);
    command.example("gradus style photo.jpg --style starry_night.jpg -o styled.png");
    command.runs([c, command] { run(*c, command); });
}

}  // namespace gradus
