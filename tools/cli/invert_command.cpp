#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <memory>

#include "engine/in_quotes.h"
#include "engine/require.h"
#include "tools/cli/commands.h"
#include "tools/cli/given.h"
#include "tools/cli/photos.h"
#include "tools/cli/picture_flags.h"
#include "tools/cli/progress.h"
#include "tools/cli/recipe.h"
#include "tools/cli/run_page.h"
#include "tools/cli/run_settings.h"
#include "tools/cli/search_flags.h"
#include "tools/cli/sized.h"
#include "tools/image/sheet.h"
#include "tools/techniques/invert.h"
#include "tools/techniques/net_run.h"
#include "tools/tell.h"
#include "weights/output_file.h"

namespace gradus {
namespace {

struct InvertCommand {
    CommonOptions common = {.net = "vgg16"};
    SearchFlags search = {.written = "pixels", .transforms = "none", .optimizer = "published", .steps = 400};
    InvertOptions invert = {};
    PictureFlags pictures = {};
    std::string photo, output, csv, group;
    std::vector<std::string> layers = {};
    bool all_layers = false;
    int size = 0, columns = 0;
};

/// The options that the published optimizer leaves nothing to say.
std::vector<std::string> set_by_published(const InvertCommand& c) {
    if (c.search.optimizer != "published") return {};
    return {"--rate", "--history"};
}

std::vector<std::string> set_by_all_layers(const InvertCommand& c) {
    if (!c.all_layers) return {};
    return {"--layer"};
}

/// "1/2": the first half of the channels.
void read_group(const std::string& text, InvertOptions& o) {
    if (text.empty()) return;
    int used = 0;
    require(std::sscanf(text.c_str(), "%d/%d%n", &o.group, &o.groups, &used) == 2 &&
                used == static_cast<int>(text.size()) && o.group >= 1 && o.group <= o.groups,
            "invert: {} is not a group of channels, expected one as in 1/2, the first half", in_quotes(text));
    --o.group;
}

/// The convolutions and what follows each group of them: where a net's code changes most.
std::vector<std::string> all_layers(const Net& net) {
    std::vector<std::string> all;
    for (const LayerRow& row : net.table().rows)
        if (row.kind == LayerKind::conv || row.kind == LayerKind::concat) all.push_back(row.name);
    const std::vector<std::string> known = net.layer_names();
    std::erase_if(
        all, [&](const std::string& layer) { return std::find(known.begin(), known.end(), layer) == known.end(); });
    if (net.name() == "googlenet") std::erase_if(all, [](const std::string& l) { return l.find("_reduce") != l.npos; });
    return all;
}

/// A photograph of one color has no variation to compare with.
std::string share(double variation, int digits) {
    return std::isfinite(variation) ? fmt::format("{:.{}f}", variation, digits) : "none";
}

void write_csv(const std::string& file, const std::vector<std::string>& lines) {
    OutputFile out(file);
    std::string text = "layer,tv weight,error,total variation\n";
    for (const std::string& line : lines) text += line;
    out.write(std::as_bytes(std::span(text)));
    out.commit();
}

void invert_one(InvertCommand& c, const Command& command, const Net& net, const Photograph& given) {
    const Image photo = sized(given.image, c.size, c.common.threads);
    InvertOptions& o = c.invert;
    const int per_layer = o.starts + (o.starts > 1 ? 2 : 0);
    const bool one = c.layers.size() == 1 && o.starts == 1;
    if (!one)
        check_sheet(static_cast<int>(c.layers.size()) * per_layer + 1, photo.width, photo.height,
                    {.columns = c.columns});
    const auto settings = [&] { return run_settings(command, c.common, net, {{"photo", &given.image}}); };
    Checkpoints checkpoints(c.search.checkpoints, settings, static_cast<int>(c.layers.size()), c.common.quiet);
    catch_interrupts();

    std::vector<std::string> left_out = unsaid(c.search);
    for (const std::string& name : set_by_published(c)) left_out.push_back(name);
    for (const std::string& name : set_by_all_layers(c)) left_out.push_back(name);
    Recipe recipe = recipe_of(command, c.common, net, left_out, &given);
    const auto start = std::chrono::steady_clock::now();
    Progress progress({.what = "invert",
                       .steps = static_cast<int>(c.layers.size()) * c.search.steps,
                       .quiet = c.common.quiet,
                       .log = c.pictures.log,
                       .about = given.file});
    std::vector<SheetTile> tiles{{photo, "photograph"}};
    std::vector<std::string> lines;
    std::vector<ReportPicture> pictures{{photo, given.file}};
    std::vector<Plot> plots;
    std::vector<std::string> broken;
    RunProfile profile;
    for (std::size_t i = 0; i < c.layers.size() && !interrupted(); ++i) {
        o.layer = c.layers[i];
        o.from = checkpoints.from(static_cast<int>(i));
        const auto watch = [&](const SearchLook& look) {
            const int done = static_cast<int>(i) * look.steps + look.done;
            progress.step(done, o.layer, look.objective, look.memory);
            if (c.search.save_every > 0 && done % c.search.save_every == 0)
                save_step(c.pictures, given.output, done, look.picture(0), recipe);
            checkpoints.step(static_cast<int>(i), look);
            return !interrupted();
        };
        // Plans of one layer are of no use to the next: a memory of its own for each.
        const Inversion result = invert(net, photo, o, plan_options(c.common), watch);
        if (!result.profile.empty()) profile = {result.profile, result.timed_runs};
        if (result.end == SearchEnd::not_finite)
            broken.push_back(fmt::format("{} at step {}", o.layer, result.steps + 1));
        plots.push_back({.title = o.layer, .curves = result.curves});
        const std::vector<double>& objective = result.curves[0].values;
        recipe.push_back({fmt::format("gradus.objective.{}", i + 1),
                          fmt::format("{:.6g} -> {:.6g}", objective.front(), objective.back())});
        const double tv = o.tv > 0 ? static_cast<double>(o.tv) : inversion_tv(net, o.layer);
        for (std::size_t n = 0; n < result.pictures.size(); ++n) {
            tiles.push_back({result.pictures[n], fmt::format("{}  {:.1f} %", o.layer, 100 * result.errors[n])});
            pictures.push_back({result.pictures[n], tiles.back().label});
            lines.push_back(
                fmt::format("{},{:g},{:.6f},{}\n", o.layer, tv, result.errors[n], share(result.variations[n], 4)));
        }
        if (o.starts > 1) {
            tiles.push_back({result.mean, "mean"});
            tiles.push_back({result.spread, "standard deviation"});
        }
        recipe.push_back({fmt::format("gradus.error.{}", i + 1),
                          fmt::format("{}: {:.4f} of the code, {} of the total variation", o.layer, result.errors[0],
                                      share(result.variations[0], 3))});
        if (!c.common.quiet)
            tell("{}: the code differs by {:.2f} %, total variation {} of the photograph's; {}\n", o.layer,
                 100 * result.errors[0], share(result.variations[0], 2),
                 how_it_ended(result.steps, result.evaluations, result.end));
    }
    progress.finish();
    checkpoints.finish();
    if (tiles.size() == 1) return;  // interrupted before there was anything
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    if (!c.csv.empty()) write_csv(c.csv, lines);
    const Image sheet = one ? with_all_of(tiles[1].picture, given.image, c.common.threads)
                            : contact_sheet(tiles, {.columns = c.columns});
    save_picture(c.pictures, given.output, sheet, recipe);
    if (!c.search.report.empty())
        save_report(c.search.report, run_page(fmt::format("Inversion: {}", given.file), recipe, std::move(pictures),
                                              std::move(plots), seconds));
    if (!c.common.quiet) tell("{}: {}x{}\n", given.output, sheet.width, sheet.height);
    show_profile(c.common, profile.steps, profile.runs);
    require(broken.empty(),
            "invert: the objective or its gradient was not finite for {}; {} holds the picture as it was before{}",
            fmt::join(broken, ", "), given.output, smaller_rate(c.search));
}

void run(InvertCommand& c, const Command& command) {
    require_not_given(command, set_by_published(c), "--optimizer published, which has its own");
    require_not_given(command, set_by_all_layers(c), "--all-layers");
    check_search(command, c.search);
    check_outputs(c.search);
    if (!c.csv.empty()) OutputFile{c.csv};
    read_group(c.group, c.invert);
    c.invert.search = search_options(c.search, c.common);
    c.invert.search.profile = c.common.profiled();
    c.invert.besides = costs(c.search);
    if (c.search.optimizer == "published") c.invert.search.optimizer = {};
    auto one_file = for_one(c.search, c.common);
    one_file.push_back({"--csv", c.csv});
    std::optional<Net> net;
    const auto prepare = [&] {
        net = load_net(c.common);
        if (c.all_layers) c.layers = all_layers(*net);
        if (!c.layers.empty()) return;
        c.layers = {net->table().find("conv5_1") ? "conv5_1" : net->table().usual_layer};
        command.means("--layer", c.layers);
    };
    each_photograph({"invert", c.photo, c.output, c.pictures, c.search.save_every, c.common.quiet, one_file}, prepare,
                    [&](const Photograph& photo) { invert_one(c, command, *net, photo); });
}

}  // namespace

void add_invert(Command app) {
    auto c = std::make_shared<InvertCommand>();
    Command command = app.command("invert", "what a layer keeps of a photograph: pictures that it cannot tell from it");
    InvertOptions& o = c->invert;
    command.option("photo", c->photo, "photograph, - for standard input; or a folder of them").required();
    command
        .option("-o,--output", c->output,
                "picture to write: .png or .jpg, - for standard output; several layers or starts make a sheet; for a "
                "folder, the folder to "
                "write into")
        .required();
    command.option(
        "--layer", c->layers,
        "layers, each inverted by itself; `gradus layers NET` lists them (default: conv5_1, or the net's usual one)");
    command.flag("--all-layers", c->all_layers, "all convolutions, from the first to the last, side by side");
    command.option("--starts", o.starts, "pictures from different noise, with their mean and spread").within(1, 64);
    command.option("--tv-weight", o.tv, "weight of total variation (0: 1, 2 or 5, by the depth of the layer)")
        .within(0.0, 1e9);
    command.option("--tv-beta", o.beta, "its exponent").within(0.1, 8.0);
    command.option("--alpha-weight", o.alpha, "weight of the sixth powers").within(0.0, 1.0);
    command.option("--neighborhood", o.neighborhood, "match only so many places across, in the middle (0: all)")
        .within(0, 65535);
    command.option("--group", c->group, "match only this part of the channels, as in 1/2");
    command.option("--size", c->size, "longer side in pixels (0: as the photograph is)").within(0, 65535);
    command.option("--csv", c->csv, "table to write: layer, weight, error, total variation");
    command.option("--columns", c->columns, "of the sheet (0: nearly square)").within(0, 1024);
    add_picture_flags(command, c->pictures);
    add_search_flags(command, c->search);
    add_common(command, c->common);
    command.example("gradus invert cat.jpg --layer conv3_1 conv5_1 --size 224 -o inverted.png");
    command.runs([c, command] { run(*c, command); });
}

}  // namespace gradus
