#include "tools/techniques/style_targets.h"

#include <algorithm>

#include "engine/require.h"
#include "ops/optimizer_step.h"
#include "tools/image/tensor.h"
#include "tools/search/like.h"
#include "tools/search/tile_runs.h"

namespace gradus {
namespace {

constexpr int least_side = 4;  // pixels

/// With an arena that is gone afterwards, and filters that take little room where there is not much.
PlanOptions looking_once(PlanOptions plans) {
    plans.arena = std::make_shared<Arena>(*plans.device);
    plans.filters = PackedFilters::small;
    return plans;
}

/// How to look at a picture, so that what is computed of it and the picture itself fit, too.
Tiling parts_of(const Net& net, const Image& picture, const std::vector<std::string>& layers, bool keeps_layers,
                const TargetOptions& o, const TileRuns::Record& record, const PlanOptions& plans) {
    const Tiling whole = tiling(net.table(), layers, picture.height, picture.width, 1, 1);
    if (o.memory == 0) return whole;
    std::size_t kept = picture.rgb.size() * sizeof(float);
    for (const auto& [name, facts] : whole.layers)
        if (keeps_layers) kept += static_cast<std::size_t>(facts.shape.size()) * sizeof(float);
    const std::optional<Tiling> parts = cut_within(whole, o.memory, [&](const Tiling& t) {
        PlanOptions trial = plans;
        trial.arena = std::make_shared<Arena>(*plans.device);
        return kept + TileRuns(net, t, o.activations, DType::f32, record, trial).memory().total();
    });
    require(parts.has_value(),
            "memory: {} MB are left for a look at a picture of {}x{}, which are too few in parts of any size; expected "
            "more",
            o.memory / 1000000, picture.width, picture.height);
    return *parts;
}

}  // namespace

std::map<std::string, Tensor> contents_of(const Net& net, const Image& picture, const std::vector<std::string>& layers,
                                          const TargetOptions& o, const PlanOptions& plans) {
    const auto record = [&](const Scene& scene, Var) {
        std::vector<Var> values;
        for (const std::string& layer : layers) values.push_back(wide(scene.unmasked(layer)));
        return values;
    };
    const PlanOptions own = looking_once(plans);
    const Tiling parts = parts_of(net, picture, layers, true, o, record, own);
    std::map<std::string, Tensor> contents;
    TileRuns(net, parts, o.activations, DType::f32, record, own)
        .run(tensor_of(picture), [&](const Tile& tile, const std::vector<Tensor>& made) {
            for (std::size_t l = 0; l < layers.size(); ++l) {
                const LayerFacts facts = facts_of(parts, layers[l]);
                Tensor& whole = contents[layers[l]];
                if (!whole) whole = zeros(Spec(facts.shape, made[l].dtype()));
                if (facts.stride == 0) {
                    whole = made[l];
                } else {
                    const auto [rows, columns] = own_places(parts, tile, facts);
                    paste_part(made[l], rows, columns, whole);
                }
            }
        });
    return contents;
}

std::map<std::string, Style> styles_of(const Net& net, const Image& picture, const std::optional<Image>& part,
                                       const std::vector<std::string>& layers, const TargetOptions& o,
                                       const PlanOptions& plans) {
    require(
        std::min(picture.width, picture.height) >= least_side,
        "style: was given a style picture that is {}x{} at the size of the run, expected at least {} pixels each way: "
        "deep layers see nothing in less",
        picture.width, picture.height, least_side);
    const auto record = [&](const Scene& scene, Var) {
        std::vector<Var> sums;
        for (const std::string& layer : layers) sums.push_back(style_sums(part ? scene.masked(*part) : scene, layer));
        return sums;
    };
    const PlanOptions own = looking_once(plans);
    std::vector<Tensor> sums;  // over all parts
    TileRuns(net, parts_of(net, picture, layers, false, o, record, own), o.activations, DType::f32, record, own)
        .run(tensor_of(picture), [&](const Tile&, const std::vector<Tensor>& made) {
            for (std::size_t l = 0; l < layers.size(); ++l) {
                const Tensor exact = made[l].to(DType::f64);
                if (sums.size() <= l) sums.push_back(zeros(exact.spec()));
                const auto to = sums[l].values_to_write<double>();
                for (std::size_t i = 0; i < to.size(); ++i) to[i] += exact.values<double>()[i];
            }
        });
    std::map<std::string, Style> styles;
    for (std::size_t l = 0; l < layers.size(); ++l) styles[layers[l]] = style_in(sums[l]);
    return styles;
}

}  // namespace gradus
