#include "tools/techniques/style.h"

#include <algorithm>
#include <cmath>

#include "engine/require.h"
#include "tools/image/original_colors.h"
#include "tools/image/resized.h"
#include "tools/search/mean_color.h"
#include "tools/search/picture_objectives.h"
#include "tools/techniques/memory_left.h"
#include "tools/techniques/style_stages.h"

namespace gradus {
namespace {

/// The costs of one part of the result, whose style is a blend.
Objective style_costs(const std::vector<std::pair<const std::map<std::string, Style>*, double>>& sources,
                      const StyleOptions& o) {
    Objective costs;
    for (const WeightedLayer& layer : o.style_layers) {
        std::vector<std::pair<Style, double>> of_layer;
        for (const auto& [styles, weight] : sources) of_layer.push_back({styles->at(layer.name), weight});
        const Style target = blend(of_layer);
        costs = std::move(costs) + o.style_weight * layer.weight * style_distance(layer.name, target, o.style);
        if (o.mean_weight > 0)
            costs = std::move(costs) + o.mean_weight * layer.weight * mean_distance(layer.name, target);
    }
    return costs;
}

/// Pictures that are for the whole are blended; each other one is for its own part.
Objective all_style_costs(const std::vector<StyleTargets::Source>& sources, const StyleOptions& o) {
    Objective costs;
    std::vector<std::pair<const std::map<std::string, Style>*, double>> everywhere;
    for (const StyleTargets::Source& source : sources)
        if (source.where)
            costs = std::move(costs) + source.weight * masked(style_costs({{&source.styles, 1}}, o), *source.where);
        else
            everywhere.push_back({&source.styles, source.weight});
    return everywhere.empty() ? costs : std::move(costs) + style_costs(everywhere, o);
}

void check(const std::vector<StyleSource>& styles, const StyleOptions& o) {
    require(!o.sizes.empty() && !o.steps.empty(), "style: was given no size or no number of steps");
    require(o.content_weight > 0 || o.style_weight > 0,
            "style: was given a content weight and a style weight of 0, expected one of them above 0");
    const auto weighs = [](const StyleSource& s) { return s.weight > 0; };
    require(o.style_weight == 0 || std::any_of(styles.begin(), styles.end(), weighs),
            "style: was given no style picture with a weight above 0, expected at least one");
}

}  // namespace

StyleTargets style_targets(const Net& net, const std::optional<Image>& photo, int side,
                           const std::vector<StyleSource>& styles, const StyleOptions& o, const PlanOptions& plans) {
    StyleTargets targets;
    // What is there already, and a style picture at its size, take from the memory for the looks that follow.
    const auto looking = [&](std::size_t pictures) -> TargetOptions {
        MemoryLeft left(o.search.memory);
        left.take(bytes_of(targets), "what the net is to see");
        left.take(pictures, "a style picture");
        return {.activations = o.search.activations, .memory = left.bytes()};
    };
    if (photo && o.content_weight > 0)
        targets.contents = contents_of(net, *photo, names_of(o.content_layers), looking(0), plans);
    const int own_side = std::max(1, static_cast<int>(std::lround(o.style_scale * side)));
    for (const StyleSource& source : styles) {
        if (source.weight == 0 || o.style_weight == 0) continue;
        const Image picture = with_longer_side(source.picture, own_side, plans.threads);
        const TargetOptions look = looking(picture.rgb.size() * sizeof(float));
        targets.sources.push_back(
            {source.weight, source.where, styles_of(net, picture, source.part, names_of(o.style_layers), look, plans)});
    }
    return targets;
}

std::size_t bytes_of(const StyleTargets& targets) {
    std::size_t bytes = 0;
    for (const auto& [layer, content] : targets.contents) bytes += content.spec().bytes();
    for (const StyleTargets::Source& source : targets.sources)
        for (const auto& [layer, style] : source.styles) bytes += style.gram.spec().bytes() + style.mean.spec().bytes();
    return bytes;
}

Objective style_objective(const StyleTargets& targets, const StyleOptions& o) {
    Objective costs;
    if (!targets.contents.empty())
        for (const WeightedLayer& layer : o.content_layers) {
            Objective cost = content_distance(layer.name, targets.contents.at(layer.name), o.content);
            if (o.content_mask) cost = masked(std::move(cost), *o.content_mask);
            costs = std::move(costs) + o.content_weight * layer.weight * std::move(cost);
        }
    costs = std::move(costs) + all_style_costs(targets.sources, o);
    if (o.tv_weight > 0) {
        const double power = o.tv.kind == TvKind::l1 ? 1 : o.tv.kind == TvKind::beta ? o.tv.beta : 2;
        costs = std::move(costs) + o.tv_weight * std::pow(255, power) * total_variation(o.tv);
    }
    return -std::move(costs);
}

Search style_search(const Net& net, const StyleTargets& targets, int height, int width, const StyleOptions& o,
                    std::size_t stage, const PlanOptions& plans) {
    SearchOptions search = o.search;
    search.steps = steps_at(o, stage);
    search.first_item = static_cast<int>(stage);  // random numbers of its own
    search.profile = o.search.profile && stage + 1 == o.sizes.size();
    const std::array<float, 3> mean = o.middle.value_or(mean_color(net));
    search.written =
        pixels_as_they_are({.middle = {mean[0], mean[1], mean[2]}, .noise = o.noise / 255, .boxed = o.boxed});
    PlanOptions own = plans;
    own.filters = PackedFilters::balanced;  // memory before speed: docs/architecture.md, 13
    return Search(net, {style_objective(targets, o)}, height, width, search, own);
}

std::vector<Curve> losses(std::vector<Curve> curves) {
    curves.erase(curves.begin() + 1, curves.begin() + 3);  // what is wanted, and the gradient
    curves[0].name = "loss";
    for (double& value : curves[0].values) value = -value;
    return curves;
}

StyleResult style_transfer(const Net& net, const Image& photo, const std::vector<StyleSource>& styles,
                           const StyleOptions& o, const PlanOptions& plans, const StyleWatcher& watch) {
    check(styles, o);
    const auto stage = [&](std::size_t i) -> StyleStage {
        const Image content = with_longer_side(photo, o.sizes[i], plans.threads);
        const int height = content.height, width = content.width;
        MemoryLeft left(o.memory);  // besides the program and what was given
        left.take(memory_of_program, "the program itself");
        left.take_pictures(1, photo.width, photo.height, "the photograph");
        for (const StyleSource& source : styles)
            left.take_pictures(1, source.picture.width, source.picture.height, "a style picture");
        std::optional<Image> start;
        if (o.from_picture)
            start = resized(*o.from_picture, height, width, ResizeKind::antialias, plans.threads);
        else if (o.start == StyleStart::content)
            start = content;
        StyleOptions here = o;
        MemoryLeft beside_content = left;
        beside_content.take_pictures(2, width, height, "the photograph at this size");
        here.search.memory = beside_content.bytes();
        const StyleTargets targets = style_targets(net, content, o.sizes[i], styles, here, plans);
        left.take(bytes_of(targets), "what the net is to see");
        here.search.memory = left.bytes();
        return {.search = style_search(net, targets, height, width, here, i, plans),
                .height = height,
                .width = width,
                .start = std::move(start),
                .finished = [colors = o.original_colors ? content : Image{}](const Image& made) {
                    return colors.width > 0 ? with_colors_of(made, colors) : made;
                }};
    };
    return run_stages(o, stage, plans, watch);
}

}  // namespace gradus
