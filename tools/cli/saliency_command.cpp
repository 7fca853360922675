
#include <chrono>
#include <memory>
#include <tuple>

#include "engine/require.h"
#include "nets/classes.h"
#include "tools/cli/commands.h"
#include "tools/cli/given.h"
#include "tools/cli/photos.h"
#include "tools/cli/picture_flags.h"
#include "tools/cli/pictures_in.h"
#include "tools/cli/position.h"
#include "tools/cli/progress.h"
#include "tools/cli/recipe.h"
#include "tools/cli/saliency_page.h"
#include "tools/cli/search_flags.h"
#include "tools/techniques/classify.h"
#include "tools/techniques/visualize.h"
#include "tools/tell.h"

namespace gradus {
namespace {

struct SaliencyCommand {
    CommonOptions common = {};
    SaliencyOptions saliency = {};
    MapLook look = {};
    PictureFlags pictures = {};
    std::string photo, output, report, wanted_class, layer, position, cam_layer, patches;
    std::string method = "grad-cam", baseline = "black";
    int channel = -1, size = 0, top = 16;
    bool receptive_field = false, optimized = false;
};

/// What is asked about, in words.
struct Target {
    Unit unit;
    std::string text;
};

Target target_of(const SaliencyCommand& c, const NetRun& run, const std::optional<Image>& photo) {
    if (!c.layer.empty()) {
        require(c.wanted_class.empty(), "saliency: --class and --layer were given, expected one of them");
        Unit unit{c.layer, c.channel};
        std::tie(unit.row, unit.column) = position_of("saliency", c.position);
        if (photo)
            unit = strongest_unit(run, unit, picture_for(*photo, run.net.table(), c.layer, c.size, run.plans).pixels);
        return {unit, to_string(unit)};
    }
    require(c.channel < 0 && c.position.empty(),
            "saliency: --channel and --position are of a layer, expected --layer, too");
    const Labels labels = load_labels(run.net.table());
    int index = 0;
    if (!c.wanted_class.empty()) {
        index = labels.find(c.wanted_class);
    } else {
        require(photo.has_value(), "saliency: --patches needs to know for what, expected --class or --layer");
        index = Classifier(run.net, run.activations, run.plans)(*photo, 1)[0].index;
    }
    return {class_unit(run.net, index), std::string(labels[index].short_name())};
}

Baseline baseline_named(const std::string& name) {
    return name == "mean" ? Baseline::mean : name == "blur" ? Baseline::blur : Baseline::black;
}

/// The picture that `visualize` makes of the unit, or of the class, by its defaults.
Image picture_of(const SaliencyCommand& c, const NetRun& run, const Unit& unit, int side) {
    VisualizeOptions o;
    o.units = {unit.is_class ? unit : Unit{.layer = unit.layer, .channel = unit.channel}};
    o.height = o.width = unit.is_class ? run.net.table().input.size : side;
    o.search = search_options({}, c.common);
    o.search.redirected = usual_redirected;
    Progress progress({.what = "saliency: the optimized picture",
                       .steps = o.search.steps,
                       .quiet = c.common.quiet,
                       .log = c.pictures.log,
                       .about = c.patches});
    Image picture = visualize(run.net, o, run.plans,
                              [&](const SearchLook& look) {
                                  progress.step(look.done, "", look.objective);
                                  return true;
                              })[0]
                        .search.picture;
    progress.finish();
    return picture;
}

const std::vector<std::string> of_methods = {"--method",   "--cam-layer", "--samples", "--sigma",
                                             "--baseline", "--window",    "--stride"};
const std::vector<std::string> not_of_patches = {"--size",     "--receptive-field", "--show",      "--overlay",
                                                 "--map-only", "--method",          "--cam-layer", "--samples",
                                                 "--sigma",    "--baseline",        "--window",    "--stride"};

/// The maps that were asked for, and on stderr how far a slow method is.
SaliencyView view_of_photo(const SaliencyCommand& c, const NetRun& net, const Target& target, const NetPicture& picture,
                           const std::string& file) {
    if (c.receptive_field) return view_of_receptive_field(net, target.unit, picture, c.look);
    std::optional<Progress> progress;
    MethodWatcher watch;
    if (!c.common.quiet || !c.pictures.log.empty())
        watch = [&](const std::string& method, int taken, int samples) {
            if (taken == 0)
                progress.emplace(RunOutline{.what = "saliency",
                                            .steps = samples,
                                            .quiet = c.common.quiet,
                                            .step = method == "occlusion" ? "square" : "sample",
                                            .log = c.pictures.log,
                                            .about = file});
            else
                progress->step(taken, method);
        };
    if (c.method == "all") return view_of_all(net, target.unit, target.text, picture, c.saliency, c.look, watch);
    return view_of(net, target.unit, picture, c.method, c.saliency, c.look, watch);
}

/// The options whose defaults mean nothing in this run, and would be refused if its recipe gave them.
std::vector<std::string> unsaid(const SaliencyCommand& c) {
    if (!c.patches.empty()) return not_of_patches;
    return c.receptive_field ? of_methods : std::vector<std::string>{};
}

/// Refuses what does not go together.
void check(const SaliencyCommand& c, const Command& command) {
    if (!c.report.empty()) check_report(c.report);
    require(c.photo.empty() != c.patches.empty(),
            "saliency: found {}, expected either a photograph or --patches FOLDER",
            c.photo.empty() ? "no photograph" : "a photograph and --patches");
    if (!c.patches.empty()) require_not_given(command, not_of_patches, "--patches, which draws no map");
    if (c.receptive_field) require_not_given(command, of_methods, "--receptive-field, which is no method");
    require(!c.optimized || !c.patches.empty(), "saliency: --optimized goes beside patches, expected --patches, too");
    require(c.patches.empty() || is_folder(c.patches), "saliency: {} is no folder, expected one of pictures",
            c.patches);
}

/// Of a photograph, or of a folder of patches: `photo` has no picture then.
void saliency(const SaliencyCommand& c, const Command& command, NetRun net, const Photograph& given) {
    RunProfile profile;
    if (c.common.profiled()) net.profile = &profile;
    const bool maps = c.patches.empty();
    const std::optional<Image> photo = maps ? std::optional(given.image) : std::nullopt;
    const Target target = target_of(c, net, photo);
    const auto start = std::chrono::steady_clock::now();
    std::optional<NetPicture> picture;
    if (photo) picture = picture_for(*photo, net.net.table(), target.unit.layer, c.size, net.plans);
    const auto optimized = [&](int side) { return picture_of(c, net, target.unit, side); };
    const SaliencyView view = picture
                                  ? view_of_photo(c, net, target, *picture, given.file)
                                  : view_of_patches(net, target.unit, target.text, pictures_in("saliency", {c.patches}),
                                                    c.top, c.optimized ? optimized : std::function<Image(int)>{});
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();

    Recipe recipe = recipe_of(command, c.common, net.net, unsaid(c), &given);
    recipe.push_back({"gradus.unit", to_string(target.unit)});
    for (const std::string& note : view.notes) recipe.push_back({"gradus.note", note});
    save_picture(c.pictures, given.output, view.picture, recipe);
    if (!c.report.empty()) {
        std::string asked = target.text;
        if (picture) asked += ", " + answer_of(net, target.unit, *picture);
        save_report(c.report, saliency_page(given.file, picture, view, asked, recipe, seconds));
    }
    if (!c.common.quiet) {
        tell("{}: {}\n", net.net.name(), target.text);
        for (const std::string& note : view.notes) tell("{}\n", note);
        tell("{}: {}x{}\n", given.output, view.picture.width, view.picture.height);
    }
    show_profile(c.common, profile.steps, profile.runs);
}

void run(SaliencyCommand& c, const Command& command) {
    check(c, command);
    c.saliency.baseline = baseline_named(c.baseline);
    if (!c.cam_layer.empty()) c.saliency.cam = c.cam_layer;
    c.saliency.seed = c.common.seed;
    std::optional<NetRun> net;
    const auto prepare = [&] {
        net = NetRun{.net = load_net(c.common),
                     .activations = activation_type(c.common),
                     .plans = plan_options(c.common),
                     .profile = nullptr};
    };
    if (c.patches.empty())
        return each_photograph({"saliency",
                                c.photo,
                                c.output,
                                c.pictures,
                                0,
                                c.common.quiet,
                                {{"--report", c.report}, {"--profile", c.common.trace()}}},
                               prepare, [&](const Photograph& photo) { saliency(c, command, *net, photo); });
    check_picture_flags("saliency", c.pictures, c.output);
    pictures_in("saliency", {c.patches});
    prepare();
    saliency(c, command, *net, {.file = c.patches, .output = c.pictures.place(c.output), .image = {}});
}

}  // namespace

void add_saliency(Command app) {
    auto c = std::make_shared<SaliencyCommand>();
    Command command = app.command("saliency", "show which pixels a class, or any unit of a network, comes from");
    SaliencyOptions& o = c->saliency;
    std::vector<std::string> methods = saliency_methods();
    methods.push_back("all");
    command.option("photo", c->photo,
                   "photograph, - for standard input, or a folder of them; its shorter side is brought to the net's "
                   "size, and of nets that take one size only the middle is looked at");
    command
        .option("-o,--output", c->output,
                "picture to write: .png or .jpg, - for standard output; for a folder, the folder to write into")
        .required();
    command.option("--method", c->method, "how to ask; all: every method side by side").one_of(methods);
    command.option("--class", c->wanted_class,
                   "class: a name, an index or a synset; without it, what `classify` names first");
    command.option("--layer", c->layer, "instead of a class, a unit of this layer; `gradus layers NET` lists them");
    command.option("--channel", c->channel, "channel of the unit (-1: the strongest)").within(-1, 1 << 20);
    command.option("--position", c->position,
                   "place of the unit: ROW,COLUMN in the layer's own grid; without it, the strongest");
    command.option("--size", c->size, "shorter side of the picture that the net sees, in pixels (0: the net's own)")
        .within(0, 65535);
    const char* ways = "Methods";
    command.option("--samples", o.samples, "pictures per map (0: integrated-gradients 200, smoothgrad 50)")
        .within(0, 100000)
        .under(ways);
    command.option("--sigma", o.sigma, "smoothgrad: noise, as a share of the picture's range")
        .within(0.0, 10.0)
        .under(ways);
    command
        .option("--baseline", c->baseline,
                "integrated-gradients, gradient-x-input: the picture that stands for nothing, black, the net's mean "
                "color or the photograph blurred")
        .one_of({"black", "mean", "blur"})
        .under(ways);
    command
        .option("--window", o.occlusion.window,
                "occlusion: side of the square that hides a part, in pixels (0: a seventh of the shorter side)")
        .within(0, 65535)
        .under(ways);
    command.option("--stride", o.occlusion.stride, "occlusion: pixels from one square to the next (0: half of one)")
        .within(0, 65535)
        .under(ways);
    command
        .option("--cam-layer", c->cam_layer,
                "grad-cam: layer to look at; without it, the last before the unit that has places")
        .under(ways);
    command.option("--overlay", c->look.share, "how much of the map covers the photograph, 0 to 1").within(0.0, 1.0);
    command.flag("--map-only", c->look.map_only, "draw the map alone, a pixel for each that the net sees");
    command
        .option("--show", c->look.show,
                "heat: sums of absolute values in color; signed: values as they are, gray is 0; auto: signed for "
                "guided-backprop, deconvnet and guided-grad-cam")
        .one_of({"auto", "heat", "signed"});
    command.flag("--receptive-field", c->receptive_field,
                 "instead of a map: the box that the unit can see, and where its gradient is");
    command.option("--patches", c->patches,
                   "instead of a photograph: the parts of the pictures in this folder that excite the unit most");
    command.option("--top", c->top, "how many of them").within(1, 1000);
    command.flag("--optimized", c->optimized, "with --patches: first the picture that `visualize` makes of the unit");
    command.option("--report", c->report, "also write a page with the pictures, settings and times: .html");
    add_picture_flags(command, c->pictures);
    add_common(command, c->common);
    command.example("gradus saliency cat.jpg -o cat.png --method all");
    command.runs([c, command] { run(*c, command); });
}

}  // namespace gradus
