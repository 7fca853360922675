#include "tools/cli/style_flags.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "engine/require.h"
#include "nets/form.h"
#include "tools/cli/given.h"
#include "tools/cli/layer_flags.h"
#include "tools/cli/memory_flag.h"
#include "tools/techniques/style_layers.h"

namespace gradus {
namespace {

using Names = std::vector<std::string>;

/// Settings that somebody published, as they would be given.
struct Preset {
    std::string name;
    std::vector<std::pair<std::string, Names>> options;
};

/// Where they come from: docs/techniques/style.md.
const std::vector<Preset>& presets() {
    static const std::vector<Preset> all{
        {"neural-style",
         {{"--content-layer", {"relu4_2"}},
          {"--style-layer", {"relu1_1", "relu2_1", "relu3_1", "relu4_1", "relu5_1"}},
          {"--content-loss", {"neural-style"}},
          {"--style-loss", {"neural-style"}},
          {"--content-weight", {"5"}},
          {"--style-weight", {"100"}},
          {"--tv-weight", {"0.001"}},
          {"--pooling", {"max"}},
          {"--init", {"noise"}},
          {"--size", {"512"}},
          {"--optimizer", {"lbfgs"}},
          {"--history", {"100"}},
          {"--steps", {"1000"}},
          {"--free", {"yes"}}}},
        {"gatys",
         {{"--content-layer", {"relu4_2"}},
          {"--style-layer", {"relu1_1=0.2", "relu2_1=0.2", "relu3_1=0.2", "relu4_1=0.2", "relu5_1=0.2"}},
          {"--content-loss", {"gatys"}},
          {"--style-loss", {"gatys"}},
          {"--content-weight", {"1"}},
          {"--style-weight", {"1000"}},
          {"--tv-weight", {"0"}},
          {"--pooling", {"average"}},
          {"--init", {"noise"}},
          {"--size", {"512"}},
          {"--optimizer", {"lbfgs"}},
          {"--history", {"100"}},
          {"--steps", {"500"}},
          {"--unit-means", {"yes"}},
          {"--free", {"yes"}}}},
        {"crowsonkb",
         {{"--content-layer", {"relu4_2"}},
          {"--style-layer", {"relu1_1=256", "relu2_1=64", "relu3_1=16", "relu4_1=4", "relu5_1=1"}},
          {"--content-loss", {"neural-style"}},
          {"--style-loss", {"wasserstein"}},
          {"--content-weight", {"0.015"}},
          {"--style-weight", {"0.00293255132"}},  // 1 over the sum of the layers'
          {"--tv", {"nine-point"}},
          {"--tv-weight", {"0.10125"}},  // 2 in units of 255 x 0.225
          {"--pooling", {"max"}},
          {"--edges", {"replicate"}},
          {"--init", {"content"}},
          {"--size", {"512"}},
          {"--smallest", {"128"}},
          {"--optimizer", {"adam"}},
          {"--rate", {"0.02"}},
          {"--beta2", {"0.99"}},
          {"--average", {"0.99"}},
          {"--steps", {"1000"}},
          {"--further-steps", {"500"}}}},
    };
    return all;
}

std::vector<int> sizes_of(const StyleFlags& f) {
    std::vector<int> sizes{f.size};
    if (f.smallest > 0)
        for (double next = f.size / f.growth; next >= f.smallest; next /= f.growth)
            sizes.push_back(static_cast<int>(std::lround(next)));
    std::reverse(sizes.begin(), sizes.end());
    return sizes;
}

StyleDistance style_loss(const std::string& name) {
    if (name == "gatys") return StyleDistance::gatys;
    if (name == "channels") return StyleDistance::channels;
    if (name == "wasserstein") return StyleDistance::wasserstein;
    return name == "moments" ? StyleDistance::moments : StyleDistance::neural_style;
}

}  // namespace

void add_style_flags(Command& command, StyleFlags& f) {
    std::vector<std::string> names;
    for (const Preset& preset : presets()) names.push_back(preset.name);
    command.option("--preset", f.preset, "published settings, for all that is not given").one_of(names);
    command.option("--size", f.size, "longer side of the result in pixels").within(8, 65535);
    command.option("--smallest", f.smallest, "begin at this size, and grow from there (0: begin at --size)")
        .within(0, 65535)
        .under("Search");
    command.option("--growth", f.growth, "factor from one size to the next").within(1.05, 16.0).under("Search");
    command.option("--init", f.init, "what to begin with: content, noise, or a picture's file");
    command.flag("--original-colors", f.original_colors, "the result's brightness with the photograph's colors");
    command
        .option("--match-colors", f.match_colors, "change the colors of the style pictures to the photograph's first")
        .one_of({"none", "histogram", "linear"});
    add_memory_flag(command, f.memory);
    const char* losses = "Losses";
    command.option("--content-layer", f.content_layers, "layers that keep the content, each NAME or NAME=WEIGHT")
        .under(losses);
    command.option("--content-weight", f.content_weight, "of the content").within(0.0, 1e12).under(losses);
    command.option("--content-loss", f.content_loss, "half the sum of squares, or the mean square")
        .one_of({"gatys", "neural-style"})
        .under(losses);
    command.option("--style-scale", f.style_scale, "size of the style pictures, as a part of the result's")
        .within(0.01, 100.0)
        .under(losses);
}

void add_style_losses(Command& command, StyleFlags& f) {
    const char* losses = "Losses";
    command.option("--style-layer", f.style_layers, "layers that take the style, each NAME or NAME=WEIGHT")
        .under(losses);
    command.option("--style-weight", f.style_weight, "of the style").within(0.0, 1e15).under(losses);
    command
        .option(
            "--style-loss", f.style_loss,
            "between Gram matrices, over 4 C^2, C^4 or C^2 for C channels; between means and deviations; or between "
            "means and covariances")
        .one_of({"gatys", "neural-style", "channels", "moments", "wasserstein"})
        .under(losses);
    command.option("--mean-weight", f.mean_weight, "of the means of the style layers").within(0.0, 1e15).under(losses);
    command.option("--tv-weight", f.tv_weight, "of differences between neighbors, 0..255")
        .within(0.0, 1e12)
        .under(losses);
    command.option("--tv", f.tv, "which differences").one_of({"squared", "l1", "nine-point"}).under(losses);
    command.option("--pooling", f.pooling, "of the net, where it makes the picture smaller")
        .one_of({"max", "average"})
        .under(losses);
    command.option("--edges", f.edges, "what the first layer sees past the edges of a picture")
        .one_of({"zero", "replicate"})
        .under(losses);
    command
        .flag("--unit-means", f.unit_means,
              "layers over the means of their channels over photographs, so that all count alike (vgg19)")
        .under(losses);
}

void add_style_search(Command& command, StyleFlags& f, SearchFlags& s) {
    const char* group = "Search";
    command.option("--optimizer", s.optimizer, "how far to move; wolfe is lbfgs that looks how far")
        .one_of({"lbfgs", "wolfe", "adam"})
        .under(group);
    command.option("--rate", s.rate, "step length, or STEP:RATE,STEP:RATE ... (default: lbfgs 1, adam 0.05)")
        .under(group);
    command.option("--beta2", s.beta2, "of the squares that adam remembers, each step keeps this part")
        .within(0.0, 0.9999)
        .under(group);
    command
        .option("--average", s.average,
                "show the mean of all steps, each counting so much less than the next (0: the last)")
        .within(0.0, 0.9999)
        .under(group);
    command.option("--history", s.history, "steps that lbfgs and wolfe remember").within(1, 100).under(group);
    command.option("--steps", s.steps, "steps, at the first size").within(1, 1000000).under(group);
    command.option("--further-steps", f.further_steps, "at each other size (0: as many)")
        .within(0, 1000000)
        .under(group);
    command.flag("--free", f.free_values, "values may leave 0..1 on the way, and are clipped at the end").under(group);
    command.option("--save-every", s.save_every, "also save the picture every so many steps (0: never)")
        .within(0, 1 << 30)
        .under(group);
    command.option("--report", s.report, "also write a page with pictures, curves and settings: .html").under(group);
    add_checkpoint_flags(command, s.checkpoints);
}

void settle(StyleFlags& f, SearchFlags& s, const Command& command, const NetTable& table) {
    const auto preset = std::ranges::find(presets(), f.preset, &Preset::name);
    if (preset != presets().end())
        for (const auto& [option, values] : preset->options) {
            if (!given_of(command, {option}).empty()) continue;
            const std::string& text = values[0];
            if (option == "--content-layer") f.content_layers = values;
            if (option == "--style-layer") f.style_layers = values;
            if (option == "--content-loss") f.content_loss = text;
            if (option == "--style-loss") f.style_loss = text;
            if (option == "--content-weight") f.content_weight = std::stod(text);
            if (option == "--style-weight") f.style_weight = std::stod(text);
            if (option == "--tv-weight") f.tv_weight = std::stod(text);
            if (option == "--pooling") f.pooling = text;
            if (option == "--edges") f.edges = text;
            if (option == "--tv") f.tv = text;
            if (option == "--init") f.init = text;
            if (option == "--size") f.size = std::stoi(text);
            if (option == "--smallest") f.smallest = std::stoi(text);
            if (option == "--optimizer") s.optimizer = text;
            if (option == "--rate") s.rate = text;
            if (option == "--beta2") s.beta2 = std::stod(text);
            if (option == "--average") s.average = std::stod(text);
            if (option == "--history") s.history = std::stoi(text);
            if (option == "--steps") s.steps = std::stoi(text);
            if (option == "--further-steps") f.further_steps = std::stoi(text);
            if (option == "--free") f.free_values = true;
            if (option == "--unit-means") f.unit_means = has_known_means(table);
            if (option != "--free" && option != "--unit-means") command.means(option, values);
        }
    settle_style_layers(f, command, table);
    if (!f.content_layers.empty()) return;
    f.content_layers = usual_style_layers(table).content;
    command.means("--content-layer", f.content_layers);
}

Net formed(const Net& net, const StyleFlags& f) {
    NetTable table = net.table();
    if (f.pooling == "average") table = with_average_pools(std::move(table));
    if (f.edges == "replicate") table = with_first_edges(std::move(table), PadMode::replicate);
    if (f.unit_means) table = with_unit_means(std::move(table));
    return with_table(net, table);
}

void settle_style_layers(StyleFlags& f, const Command& command, const NetTable& table) {
    if (!f.style_layers.empty()) return;
    f.style_layers = usual_style_layers(table).style;
    command.means("--style-layer", f.style_layers);
}

StyleOptions style_options(const StyleFlags& f, const SearchFlags& s, const CommonOptions& common) {
    StyleOptions o;
    o.content_layers = weighted_layers("style", f.content_layers);
    o.style_layers = weighted_layers("style", f.style_layers);
    o.content = f.content_loss == "gatys" ? ContentDistance::gatys : ContentDistance::neural_style;
    o.style = style_loss(f.style_loss);
    o.content_weight = f.content_weight;
    o.style_weight = f.style_weight;
    o.mean_weight = f.mean_weight;
    o.tv = {.kind = f.tv == "l1" ? TvKind::l1 : f.tv == "nine-point" ? TvKind::nine_point : TvKind::squared};
    o.tv_weight = f.tv_weight;
    o.style_scale = f.style_scale;
    o.sizes = sizes_of(f);
    o.steps = {s.steps, f.further_steps > 0 ? f.further_steps : s.steps};
    o.boxed = !f.free_values;
    o.original_colors = f.original_colors;
    o.search = search_options(s, common);
    o.memory = memory_of(f.memory);
    return o;
}

}  // namespace gradus
