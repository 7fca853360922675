#include <fmt/format.h>

#include <chrono>
#include <memory>
#include <tuple>

#include "engine/require.h"
#include "tools/cli/checkpoints.h"
#include "tools/cli/commands.h"
#include "tools/cli/dream_video.h"
#include "tools/cli/layer_flags.h"
#include "tools/cli/memory_flag.h"
#include "tools/cli/photos.h"
#include "tools/cli/picture_flags.h"
#include "tools/cli/position.h"
#include "tools/cli/progress.h"
#include "tools/cli/recipe.h"
#include "tools/cli/run_page.h"
#include "tools/cli/run_settings.h"
#include "tools/cli/search_flags.h"
#include "tools/cli/sized.h"
#include "tools/image/image.h"
#include "tools/image/periodic.h"
#include "tools/search/mask.h"
#include "tools/techniques/dream.h"
#include "tools/tell.h"

namespace gradus {
namespace {

struct DreamCommand {
    CommonOptions common = {};
    DreamOptions dream = {};
    PictureFlags pictures = {};
    std::string photo, output, guide, mask, position, report;
    std::vector<std::string> layers = {};
    std::string octave_mode = "detail", memory = "none";
    int size = 0;
    int save_every = 0;
    CheckpointFlags checkpoints = {};
    DreamVideoFlags video = {};
};

void dream_of(DreamCommand& c, const Command& command, const Net& net, const Photograph& given) {
    DreamOptions& o = c.dream;
    Image photo = sized(given.image, c.size, c.common.threads);
    if (o.tileable) photo = periodic_part(photo, c.common.threads);
    if (!c.mask.empty()) o.mask = load_mask(c.mask, given.image.width, given.image.height, given.file);
    const auto settings = [&] {
        return run_settings(command, c.common, net,
                            {{"photo", &given.image},
                             {"--guide", o.guide ? &*o.guide : nullptr},
                             {"--mask", o.mask ? &*o.mask : nullptr}});
    };
    Checkpoints checkpoints(c.checkpoints, settings, o.octaves, c.common.quiet);
    o.from = checkpoints.resumed();
    catch_interrupts();

    Recipe recipe = recipe_of(command, c.common, net, dream_video_options(), &given);
    Progress progress(
        {.what = "dream", .stages = stages_of(o), .quiet = c.common.quiet, .log = c.pictures.log, .about = given.file});
    const auto watch = [&](const DreamStep& s) {
        const int done = s.octave * o.steps + s.step + 1;
        progress.step(done,
                      fmt::format("octave {}/{} at {}x{}{}", s.octave + 1, o.octaves, s.width, s.height,
                                  in_parts(s.parts[0], s.parts[1])),
                      s.objective, s.look.memory);
        if (c.save_every > 0 && done % c.save_every == 0)
            save_step(c.pictures, given.output, done, with_all_of(s.picture(), given.image, c.common.threads), recipe);
        checkpoints.step(s.octave, s.look);
        return !interrupted();
    };
    const auto start = std::chrono::steady_clock::now();
    DreamResult result = dream(net, photo, o, plan_options(c.common), c.common.profiled(), watch);
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    progress.finish();
    checkpoints.finish();

    for (std::size_t i = 0; i < result.objectives.size(); ++i)
        recipe.push_back({fmt::format("gradus.objective.octave{}", i + 1),
                          fmt::format("{:.6g} -> {:.6g}", result.objectives[i].first, result.objectives[i].second)});
    result.picture = with_all_of(std::move(result.picture), given.image, c.common.threads);
    save_picture(c.pictures, given.output, result.picture, recipe);
    if (!c.report.empty())
        save_report(c.report,
                    run_page(fmt::format("Dream: {}", given.file), recipe,
                             {{photo, given.file}, {result.picture, given.output}},
                             {{.title = "Objective within each octave", .curves = std::move(result.curves)}}, seconds));
    if (!c.common.quiet) {
        for (std::size_t i = 0; i < result.objectives.size(); ++i)
            tell("octave {}: objective {:.5g} -> {:.5g}\n", i + 1, result.objectives[i].first,
                 result.objectives[i].second);
        tell("{}: {}x{}\n", given.output, result.picture.width, result.picture.height);
    }
    show_profile(c.common, result.profile, result.timed_runs);
    require(
        result.end != SearchEnd::not_finite,
        "dream: the objective or its gradient was not finite at step {}; {} holds the picture as it was before, and a "
        "smaller --step may help",
        result.steps + 1, given.output);
}

void run(DreamCommand& c, const Command& command) {
    if (!c.report.empty()) check_report(c.report);
    check_checkpoint(c.checkpoints);
    DreamOptions& o = c.dream;
    o.layers = weighted_layers("dream", c.layers);
    std::tie(o.row, o.column) = position_of("dream", c.position);
    o.whole = c.octave_mode == "whole";
    o.memory = memory_of(c.memory);
    o.seed = c.common.seed;
    o.activations = activation_type(c.common);
    o.look_every = look_every(c.save_every, o.steps, c.common);
    if (!c.guide.empty()) o.guide = load_image(c.guide);
    const auto prepare = [&] {
        Net net = load_net(c.common);
        if (!c.layers.empty()) return net;
        o.layers = {{net.table().usual_layer, 1}};
        command.means("--layer", {net.table().usual_layer});
        return net;
    };
    if (makes_frames(command, c.video, c.photo, c.output))
        return dream_video({command, c.common, c.pictures, c.video, o, c.photo, c.output, c.mask, c.size}, prepare);
    std::optional<Net> net;
    each_photograph(
        {"dream",
         c.photo,
         c.output,
         c.pictures,
         c.save_every,
         c.common.quiet,
         {{"--report", c.report},
          {"--checkpoint", c.checkpoints.checkpoint},
          {"--resume", c.checkpoints.resume},
          {"--profile", c.common.trace()}}},
        [&] { net = prepare(); }, [&](const Photograph& photo) { dream_of(c, command, *net, photo); });
}

}  // namespace

void add_dream(Command app) {
    auto c = std::make_shared<DreamCommand>();
    Command command = app.command("dream", "DeepDream: let a network exaggerate what it sees in a photograph");
    DreamOptions& o = c->dream;
    command.option("photo", c->photo, "photograph, - for standard input; a folder of them; or a video").required();
    command
        .option("-o,--output", c->output,
                "picture to write: .png or .jpg, with numbers where there are frames, or - for standard output; or a "
                "video; for a "
                "folder, a folder")
        .required();
    command.option(
        "--layer", c->layers,
        "layers to amplify, each NAME or NAME=WEIGHT; `gradus layers NET` lists them (default: the net's usual "
        "one, inception_4c/output of googlenet)");
    command.option("--octaves", o.octaves, "sizes, from small to full").within(1, 32);
    command.option("--octave-scale", o.octave_scale, "factor from one size to the next").within(1.01, 16.0);
    command
        .option("--octave-mode", c->octave_mode,
                "what goes on to the next size: the added detail, or the whole picture")
        .one_of({"detail", "whole"});
    command.option("--steps", o.steps, "steps per size").within(1, 100000);
    command.option("--step", o.step, "mean change of a value in one step, in 1/255").within(1e-6, 255.0);
    command.option("--jitter", o.jitter, "largest random shift, in pixels").within(0, 4096);
    command.option("--guide", c->guide, "picture whose features are to appear, instead of those that are there");
    command.option("--mask", c->mask, "picture of the photograph's size: only its white parts dream");
    command.flag("--tileable", o.tileable, "the result can be laid side by side with itself");
    command.flag("--original-colors", o.original_colors, "the dream's brightness with the colors of the photograph");
    command.option("--channel", o.channel, "amplify this channel only (-1: all)").within(-1, 1 << 20);
    command.option("--position", c->position, "amplify this place only: ROW,COLUMN in the layer's own grid");
    command.option("--size", c->size, "longer side in pixels (0: as the photograph is)").within(0, 65535);
    command
        .option("--smoothing", o.smoothing, "blur of the gradient, in pixels at the first step (0: none; 0.5 is usual)")
        .within(0.0, 16.0);
    add_memory_flag(command, c->memory);
    command.option("--save-every", c->save_every, "also save the picture every so many steps (0: never)")
        .within(0, 1 << 30);
    command.option("--report", c->report, "also write a page with pictures, objective and settings: .html");
    add_dream_video_flags(command, c->video);
    add_picture_flags(command, c->pictures);
    add_checkpoint_flags(command, c->checkpoints);
    add_common(command, c->common);
    command.example("gradus dream sky.jpg -o dream.png --layer inception_4c/output");
    command.example("gradus dream sky.jpg -o zoom.mp4 --frames 60 --rotate 1.5");
    command.runs([c, command] { run(*c, command); });
}

}  // namespace gradus
