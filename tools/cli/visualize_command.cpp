#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <memory>

#include "engine/in_quotes.h"
#include "engine/require.h"
#include "tools/cli/commands.h"
#include "tools/cli/given.h"
#include "tools/cli/picture_flags.h"
#include "tools/cli/progress.h"
#include "tools/cli/recipe.h"
#include "tools/cli/run_page.h"
#include "tools/cli/run_settings.h"
#include "tools/cli/search_flags.h"
#include "tools/cli/unit_flags.h"
#include "tools/image/original_colors.h"
#include "tools/image/sheet.h"
#include "tools/search/layer_objectives.h"
#include "tools/search/mask.h"
#include "tools/search/presets.h"
#include "tools/techniques/visualize.h"
#include "tools/tell.h"

namespace gradus {
namespace {

struct VisualizeCommand {
    CommonOptions common = {};
    SearchFlags search = {};
    UnitFlags units = {};
    PictureFlags pictures = {};
    std::string output, init, mask, until, preset;
    bool minimize = false, original_colors = false;
    int size = 0, redirected = usual_redirected, variants = 1, batch = 8, columns = 0;
    float diversity = 1;
};

/// One line on what became of a unit.
void say(const Unit& unit, const Visualization& v) {
    std::string rank = v.after.of > 0 ? fmt::format(", rank {} of {}", v.after.rank, v.after.of) : "";
    if (unit.is_class) rank += fmt::format(", probability {:.4f}", v.after.probability);
    tell("{}: {:.5g} -> {:.5g}{}; last gradient {:.3g}; {}\n", unit.name(), v.before.activation, v.after.activation,
         rank, v.search.curves[2].values.back(), how_it_ended(v.search.steps, v.search.evaluations, v.search.end));
}

const std::vector<std::string> set_by_preset = {"--written", "--transforms", "--jitter",    "--optimizer",
                                                "--rate",    "--history",    "--redirected"};

/// The options whose defaults mean nothing in this run, and would be refused if its recipe gave them.
std::vector<std::string> unsaid(const VisualizeCommand& c) {
    std::vector<std::string> all = unsaid(c.search);
    const auto add = [&all](const std::vector<std::string>& names) {
        all.insert(all.end(), names.begin(), names.end());
    };
    add(not_of_class(c.units));
    if (!c.units.classes.empty()) add({"--diversity"});
    if (!c.init.empty()) add({"--size"});
    if (!c.preset.empty()) add(set_by_preset);
    if (!c.preset.empty()) add({"--steps"});
    if (c.search.along_lines()) add({"--redirected", "--diversity"});
    return all;
}

/// The preset's settings; more steps or fewer are welcome, other settings would not be the preset's.
void apply_preset(VisualizeCommand& c, const Command& command, const Net& net, SearchOptions& search) {
    const bool own_steps = !given_of(command, {"--steps"}).empty();
    use_preset(c.preset, net, search);
    if (own_steps) search.steps = c.search.steps;
    c.search.steps = search.steps;
    c.redirected = 0;
}

void run(VisualizeCommand& c, const Command& command) {
    check_units(c.units, command);
    if (!c.preset.empty()) require_not_given(command, set_by_preset, "--preset, which sets it");
    if (!c.init.empty()) require_not_given(command, {"--size"}, "--init, which has a size");
    const std::string keeps = given_of(command, {"--mask", "--original-colors"});
    require(keeps.empty() || !c.init.empty(),
            "visualize: was given {} without --init, expected the picture that it keeps a part of", keeps);
    check_search(command, c.search);
    if (c.search.along_lines()) {
        require_not_given(command, {"--redirected"}, "--optimizer wolfe, which goes along gradients as they are");
        require_not_given(command, {"--diversity"}, "--optimizer wolfe, which makes each picture by itself");
        c.redirected = 0;
    }
    check_picture_flags("visualize", c.pictures, c.output, c.search.save_every);
    const std::string output = c.pictures.place(c.output);
    check_outputs(c.search);
    const Net net = load_net(c.common);
    settle_layer(c.units, command, net);
    VisualizeOptions o;
    o.search = search_options(c.search, c.common);
    if (!c.preset.empty()) apply_preset(c, command, net, o.search);
    o.search.redirected = std::min(c.redirected, c.search.steps);
    if (!c.until.empty()) {
        const StepSchedule level = parse_schedule(c.until);
        require(level.constant(), "visualize: --until was given {}, expected one number", in_quotes(c.until));
        o.search.until = c.minimize ? -level.at(0) : level.at(0);
    }
    o.search.profile = c.common.profiled();
    o.minimize = c.minimize;
    o.original_colors = c.original_colors;
    o.besides = costs(c.search);
    o.height = o.width = c.size > 0 ? c.size : net.table().input.size;
    if (!c.init.empty()) {
        o.init = load_image(c.init);
        o.height = o.init->height;
        o.width = o.init->width;
    }
    if (!c.mask.empty()) {
        o.search.mask = load_mask(c.mask, o.width, o.height, c.init);
        o.search.around = o.init;
    }
    std::vector<Unit> units = units_of(c.units, net);
    if (c.variants > 1) {
        require(units.size() == 1, "visualize: --variants was given {} units, expected one", units.size());
        units.resize(static_cast<std::size_t>(c.variants), units[0]);
        const bool class_only = units[0].is_class;
        require(!class_only || given_of(command, {"--diversity"}).empty(),
                "visualize: was given --diversity for a class, expected it for a layer or a channel, whose pictures it "
                "compares");
        if (!class_only && !c.search.along_lines())
            o.besides = std::move(o.besides) + static_cast<double>(c.diversity) * diversity(units[0].layer);
    }
    const SheetOptions sheet_options{
        .columns = c.columns, .title = c.units.classes.empty() && !c.units.channels.empty() ? c.units.layer : ""};
    if (units.size() > 1) check_sheet(static_cast<int>(units.size()), o.width, o.height, sheet_options);
    catch_interrupts();

    // A batch at a time: every picture takes the path it takes alone, so the size of the batch changes nothing.
    const PlanOptions plans = plan_options(c.common);
    const int count = static_cast<int>(units.size()), at_once = c.variants > 1 ? count : std::min(count, c.batch);
    const auto settings = [&] {
        RunSettings all = run_settings(
            command, c.common, net,
            {{"--init", o.init ? &*o.init : nullptr}, {"--mask", o.search.mask ? &*o.search.mask : nullptr}});
        for (auto& [name, value] : all)  // of a file, what it holds
            if (name == "--direction" && c.units.along.channels > 0) value = fingerprint(c.units.along);
        return all;
    };
    Checkpoints checkpoints(c.search.checkpoints, settings, (count + at_once - 1) / at_once, c.common.quiet);
    const auto start = std::chrono::steady_clock::now();
    Recipe recipe = recipe_of(command, c.common, net, unsaid(c));
    Progress progress({.what = "visualize",
                       .steps = (count + at_once - 1) / at_once * c.search.steps,
                       .quiet = c.common.quiet,
                       .log = c.pictures.log,
                       .about = output});
    std::vector<SheetTile> tiles;
    std::vector<Visualization> all;
    for (int first = 0; first < count && !interrupted(); first += at_once) {
        o.units.assign(units.begin() + first, units.begin() + std::min(count, first + at_once));
        o.search.first_item = first;
        o.from = checkpoints.from(first / at_once);
        const auto watch = [&](const SearchLook& look) {
            progress.step(first / at_once * look.steps + look.done, o.units[0].name(), look.objective, look.memory);
            if (c.search.save_every > 0 && look.done % c.search.save_every == 0)
                save_step(c.pictures, output, first / at_once * look.steps + look.done,
                          c.original_colors ? with_colors_of(look.picture(0), *o.init) : look.picture(0), recipe);
            checkpoints.step(first / at_once, look);
            return !interrupted();
        };
        for (Visualization& v : visualize(net, o, plans, watch)) {
            tiles.push_back({v.search.picture, caption(c.units, units[all.size()])});
            all.push_back(std::move(v));
        }
    }
    progress.finish();
    checkpoints.finish();
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();

    if (all.empty()) return;  // interrupted before there was anything
    for (std::size_t n = 0; n < all.size(); ++n) {
        recipe.push_back(
            {fmt::format("gradus.unit{}", n + 1),
             fmt::format("{}: {:.6g} -> {:.6g}", units[n].name(), all[n].before.activation, all[n].after.activation)});
        if (!c.common.quiet) say(units[n], all[n]);
    }
    Image sheet = tiles.size() == 1 ? tiles[0].picture : contact_sheet(tiles, sheet_options);
    if (tiles.size() == 1 && o.init) sheet = with_all_of(std::move(sheet), *o.init, c.common.threads);
    save_picture(c.pictures, output, sheet, recipe);
    if (!c.common.quiet) tell("{}: {}x{}\n", output, sheet.width, sheet.height);
    if (!c.search.report.empty()) {
        std::vector<ReportPicture> pictures;
        std::vector<Plot> plots;
        for (std::size_t n = 0; n < all.size(); ++n) {
            pictures.push_back({all[n].search.picture, units[n].name()});
            plots.push_back({.title = units[n].name(), .curves = all[n].search.curves});
        }
        save_report(c.search.report, run_page("Visualize", recipe, std::move(pictures), std::move(plots), seconds));
    }
    show_profile(c.common, all[0].search.profile, all[0].search.timed_runs);
    for (std::size_t n = 0; n < all.size(); ++n)
        require(
            all[n].search.end != SearchEnd::not_finite,
            "visualize: the objective of {} or its gradient was not finite at step {}; {} holds its picture as it was "
            "before{}",
            units[n].name(), all[n].search.steps + 1, output, smaller_rate(c.search));
}

}  // namespace

void add_visualize(Command app) {
    auto c = std::make_shared<VisualizeCommand>();
    Command command =
        app.command("visualize", "pictures that excite a neuron, a channel, a direction, a layer or a class most");
    command
        .option("-o,--output", c->output,
                "picture to write: .png or .jpg, - for standard output; several units make a sheet")
        .required();
    add_unit_flags(command, c->units);
    command.flag("--minimize", c->minimize, "what quiets the unit instead of what excites it");
    command.option("--variants", c->variants, "different pictures of one unit").within(1, 64);
    command.option("--diversity", c->diversity, "how much --variants must differ").within(0.0, 1e9);
    command.option("--init", c->init, "picture to start from, instead of noise");
    command.option("--mask", c->mask, "picture of the size of --init: only its white parts change");
    command.flag("--original-colors", c->original_colors, "what came out with the colors of --init");
    command.option("--preset", c->preset, "published settings of the search instead of those below")
        .one_of(preset_names());
    command.option("--size", c->size, "side of the picture in pixels (0: what the net was trained with)")
        .within(0, 65535);
    command.option("--until", c->until,
                   "stop when the unit has reached this activation, in the view that the net was shown");
    command.option("--redirected", c->redirected, "so many first steps let gradients through dead ReLUs")
        .within(0, 1 << 30);
    command.option("--batch", c->batch, "pictures at once: more need more memory").within(1, 1024);
    command.option("--columns", c->columns, "of the sheet (0: nearly square)").within(0, 1024);
    add_picture_flags(command, c->pictures);
    add_search_flags(command, c->search);
    add_common(command, c->common);
    command.example("gradus visualize --layer inception_4c/output --channels 0-15 -o channels.png");
    command.runs([c, command] { run(*c, command); });
}

}  // namespace gradus
