#pragma once
#include <array>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "engine/plan.h"
#include "nets/net.h"
#include "ops/total_variation.h"
#include "tools/image/image.h"
#include "tools/search/search.h"
#include "tools/search/style_objectives.h"
#include "tools/search/weighted_layer.h"
#include "tools/techniques/style_targets.h"

namespace gradus {

enum class StyleStart { content, noise };

struct StyleOptions {
    std::vector<WeightedLayer> content_layers = {{"relu4_2"}},
                               style_layers = {{"relu1_1"}, {"relu2_1"}, {"relu3_1"}, {"relu4_1"}, {"relu5_1"}};
    ContentDistance content = ContentDistance::neural_style;
    StyleDistance style = StyleDistance::neural_style;
    double content_weight = 5, style_weight = 100;
    double mean_weight = 0;                    // of mean_distance, per style layer
    TvOptions tv = {.kind = TvKind::squared};  // of the picture in 0..255
    double tv_weight = 1e-3;
    std::optional<Image> content_mask = {};  // where the content counts
    double style_scale = 1;                  // longer side of a style's picture over that of the result
    std::vector<int> sizes = {512};          // longer side of the result, one after the other
    std::vector<int> steps = {1000};         // at each of them; the last one for all that follow
    StyleStart start = StyleStart::noise;
    std::optional<Image> from_picture = {};           // starts from this instead, brought to the size
    std::optional<std::array<float, 3>> middle = {};  // the color of a start from noise; not given: the net's mean
    double noise = 0.001;                             // standard deviation of a start from it, in 0..255
    bool boxed = true;                                // keeps values in 0..1 all the way, not only where they are saved
    bool original_colors = false;                     // the result's brightness with the colors of the photograph
    SearchOptions search = {.optimizer = lbfgs(1, 100)};  // its memory follows from that of the whole
    std::size_t memory = 0;  // bytes besides the weights, for everything; 0: as many as it takes
    /// Of a run before, a state for each size that it began: go on there. Empty: from the start.
    std::vector<SearchState> from = {};
};

/// What a step left behind, for whoever watches.
struct StyleStep {
    int size = 0;  // which, from 0
    int width = 0, height = 0;
    int done = 0;                       // steps of the whole run
    std::array<int, 2> parts = {1, 1};  // as Search has them
    int history = 0;
    const std::function<Image()>& picture;
    const SearchLook& look;  // at the search of this size
};
/// Returns false to stop early.
using StyleWatcher = std::function<bool(const StyleStep&)>;

struct StyleResult {
    Image picture;
    std::vector<std::vector<Curve>> curves;  // per size: the loss, then each term without its weight
    SearchEnd end = SearchEnd::steps;
    int steps = 0, evaluations = 0;  // that moved it, over all sizes
    MemoryReport memory = {};        // at the largest size
    std::vector<StepReport> profile = {};
    std::deque<TimedRun> timed_runs = {};
};

/// Looks for a picture that shows what a photograph shows, in the style of other pictures:
///
///     loss = content_weight sum of w_l content_distance(l) + style_weight sum of w_l style_distance(l) + tv_weight TV
///
/// at one size after the other, each from the result of the one before.
///
/// cost      steps forward and input-gradient passes, and one forward pass per picture and size
/// throws    for unknown layers, no styles, sizes too small for the net; what Search throws
/// paper     Gatys, Ecker & Bethge 2016, Image style transfer using convolutional neural networks; Gatys et al. 2017,
///           Controlling perceptual factors in neural style transfer (masks, sizes, colors)
StyleResult style_transfer(const Net& net, const Image& photo, const std::vector<StyleSource>& styles,
                           const StyleOptions& options, const PlanOptions& plans, const StyleWatcher& watch = {});

/// What the pictures look like to the net at one size: the photograph at its own, the others with their longer sides at
/// style_scale times `side`. All layers that the options name.
struct StyleTargets {
    struct Source {
        double weight = 1;
        std::optional<Image> where = {};
        std::map<std::string, Style> styles = {};
    };
    std::map<std::string, Tensor> contents = {};
    std::vector<Source> sources = {};
};
StyleTargets style_targets(const Net& net, const std::optional<Image>& photo, int side,
                           const std::vector<StyleSource>& styles, const StyleOptions& options,
                           const PlanOptions& plans);

/// What they take, in bytes.
std::size_t bytes_of(const StyleTargets& targets);

/// Minus the loss of above.
Objective style_objective(const StyleTargets& targets, const StyleOptions& options);

/// The search for it, over pictures of one size, with the options' start; number `stage` of a run.
Search style_search(const Net& net, const StyleTargets& targets, int height, int width, const StyleOptions& options,
                    std::size_t stage, const PlanOptions& plans);

/// What a search climbed, as losses: the whole, then each term without its weight.
std::vector<Curve> losses(std::vector<Curve> curves);

}  // namespace gradus
