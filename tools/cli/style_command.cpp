#include <fmt/format.h>

#include <chrono>
#include <memory>

#include "engine/in_quotes.h"
#include "engine/require.h"
#include "nets/form.h"
#include "tools/cli/commands.h"
#include "tools/cli/given.h"
#include "tools/cli/layer_flags.h"
#include "tools/cli/photos.h"
#include "tools/cli/progress.h"
#include "tools/cli/recipe.h"
#include "tools/cli/run_page.h"
#include "tools/cli/run_settings.h"
#include "tools/cli/style_flags.h"
#include "tools/image/match_colors.h"
#include "tools/image/resized.h"
#include "tools/image/sheet.h"
#include "tools/search/mask.h"
#include "tools/techniques/style_grid.h"

namespace gradus {
namespace {

struct StyleCommand {
    CommonOptions common = {};
    SearchFlags search = {
        .written = "pixels", .transforms = "none", .optimizer = "lbfgs", .steps = 300, .tv = 0, .checkpoints = {}};
    StyleFlags style = {};
    std::string photo, output, content_mask;
    std::vector<std::string> arts = {}, weights = {}, masks = {}, art_masks = {};
    std::vector<Image> pictures = {};  // of `arts`
    bool grid = false;
    std::vector<std::string> ratios = {"0.01", "0.1", "1", "10"};
};

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
        sources.push_back(std::move(source));
    }
    return sources;
}

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
    RunSettings all = run_settings(command, c.common, net,
                                   {{"photo", &photo},
                                    {"--content-mask", o.content_mask ? &*o.content_mask : nullptr},
                                    {"--init", o.from_picture ? &*o.from_picture : nullptr}});
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
    Progress progress("style", cells * c.search.steps, c.common.quiet);
    const std::vector<StyleResult> results = style_grid(
        net, given.image, sources_of(c, given), o, grid, plan_options(c.common), [&](int cell, const SearchLook& look) {
            progress.step(cell * look.steps + look.done, fmt::format("cell {} of {}", cell + 1, cells),
                          -look.objective);
            return !interrupted();
        });
    progress.finish();
    std::vector<SheetTile> tiles;
    for (const StyleResult& result : results) tiles.push_back({result.picture, ""});
    tiles.resize(static_cast<std::size_t>(cells));
    const Image figure = contact_sheet(tiles, sheet);
    Recipe recipe = recipe_of(command, c.common, unsaid(c.search));
    recipe.push_back({"gradus.weights.sha256", net.weights().sha256()});
    save_image(given.output, figure, {.recipe = recipe});
    if (!c.common.quiet) fmt::print(stderr, "{}: {}x{}\n", given.output, figure.width, figure.height);
}

void style_one(const StyleCommand& c, const Command& command, const Net& net, const Photograph& given) {
    StyleOptions o = start_of(c, given);
    const std::vector<StyleSource> sources = sources_of(c, given);
    const auto settings = [&] { return settings_of(c, command, net, given.image, sources, o); };
    Checkpoints checkpoints(c.search.checkpoints, settings, static_cast<int>(o.sizes.size()), c.common.quiet);
    o.from = checkpoints.resumed();
    catch_interrupts();

    int all = 0;
    for (std::size_t i = 0; i < o.sizes.size(); ++i) all += o.steps[std::min(i, o.steps.size() - 1)];
    Progress progress("style", all, c.common.quiet);
    const auto start = std::chrono::steady_clock::now();
    StyleResult result = style_transfer(net, given.image, sources, o, plan_options(c.common), [&](const StyleStep& s) {
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
        if (!c.common.quiet) fmt::print(stderr, "size {}: loss {}\n", o.sizes[i], change);
        plots.push_back({.title = fmt::format("Losses at {} pixels", o.sizes[i]), .curves = result.curves[i]});
    }
    if (!c.common.quiet) fmt::print(stderr, "{}\n", how_it_ended(result.steps, result.evaluations, result.end));
    save_image(given.output, result.picture, {.recipe = recipe});
    if (!c.common.quiet) fmt::print(stderr, "{}: {}x{}\n", given.output, result.picture.width, result.picture.height);
    if (!c.search.report.empty()) {
        std::vector<ReportPicture> pictures{{given.image, given.file}};
        for (std::size_t i = 0; i < sources.size(); ++i) pictures.push_back({sources[i].picture, c.arts[i]});
        pictures.push_back({result.picture, given.output});
        save_report(c.search.report, run_page(fmt::format("Style: {}", given.file), recipe, std::move(pictures),
                                              std::move(plots), seconds));
    }
    show_profile(c.common, result.profile, result.timed_runs);
    require(result.end != SearchEnd::not_finite,
            "style: the loss or its gradient was not finite at step {}; {} holds the picture as it was before{}",
            result.steps + 1, given.output, smaller_rate(c.search));
}

void run(StyleCommand& c, const Command& command) {
    check_counts(c);
    if (c.grid)
        require_not_given(command,
                          {"--smallest", "--further-steps", "--save-every", "--report", "--checkpoint", "--resume"},
                          "--grid, whose cells are made at one size, at once");
    else
        require_not_given(command, {"--ratios"}, "one picture, expected --grid");
    for (const std::string& file : c.arts) c.pictures.push_back(load_image(file));
    std::optional<Net> net;
    const auto prepare = [&] {
        net = load_net(c.common);
        settle(c.style, c.search, command, net->table());
        check_search(command, c.search);
        check_outputs(c.search);
        if (c.style.pooling == "average") net = with_table(*net, with_average_pools(net->table()));
    };
    each_photograph({"style", c.photo, c.output, for_one(c.search, c.common)}, prepare,
                    [&](const Photograph& photo) { (c.grid ? grid_of : style_one)(c, command, *net, photo); });
}

}  // namespace

void add_style(Command app) {
    auto c = std::make_shared<StyleCommand>();
    c->common.net = "vgg19";
    Command command = app.command("style", "what a photograph shows, in the style of other pictures");
    command.option("photo", c->photo, "photograph: PNG, JPEG, BMP, GIF or PPM; or a folder of them").required();
    command.option("-o,--output", c->output, "picture to write: .png or .jpg; for a folder, the folder to write into")
        .required();
    command.option("--style", c->arts, "pictures whose style is wanted").required();
    command.option("--style-weights", c->weights, "how much each of them counts (default: all alike)");
    command.option(
        "--mask", c->masks,
        "for each of them a picture of the photograph's size: it is for what is white there (none: for all)");
    command.option("--style-mask", c->art_masks,
                   "for each of them a picture of its size: its style is that of what is white there (none: of all)");
    command.option("--content-mask", c->content_mask,
                   "picture of the photograph's size: only its white parts are kept");
    command.flag("--grid", c->grid, "a sheet instead: the first style layer, the first two, ... by content weights");
    command.option("--ratios", c->ratios, "of the sheet's columns: factors of the content weight");
    add_style_flags(command, c->style);
    add_style_losses(command, c->style);
    add_style_search(command, c->style, c->search);
    add_common(command, c->common);
    command.example("gradus style photo.jpg --style starry_night.jpg -o styled.png");
    command.runs([c, command] { run(*c, command); });
}

}  // namespace gradus
