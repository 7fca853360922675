#include "tools/techniques/dream.h"

#include <algorithm>
#include <cmath>

#include "engine/require.h"
#include "nets/form.h"
#include "ops/best_match.h"
#include "ops/crop.h"
#include "ops/gaussian_blur.h"
#include "ops/pad.h"
#include "ops/pointwise.h"
#include "ops/reduce.h"
#include "ops/slice.h"
#include "ops/slice_channels.h"
#include "tools/image/original_colors.h"
#include "tools/image/tensor.h"
#include "tools/techniques/memory_left.h"

namespace gradus {
namespace {

/// The part of a layer that the options ask for: all of it, one channel, one position, or one neuron.
Var asked_part(Var layer, const WeightedLayer& which, const DreamOptions& o) {
    const Shape shape = layer.shape();
    require(o.channel < shape[3], "dream: channel {} of {}, which has channels 0 to {}", o.channel, which.name,
            shape[3] - 1);
    require(o.row < shape[1] && o.column < shape[2],
            "dream: position {},{} of {}, which has rows 0 to {} and columns 0 to {} at this size", o.row, o.column,
            which.name, shape[1] - 1, shape[2] - 1);
    if (o.row >= 0) layer = slice(slice(layer, 1, o.row, 1), 2, o.column, 1);
    if (o.channel >= 0) layer = slice_channels(layer, o.channel, 1);
    return layer;
}

/// Half the mean square of what was asked for; or, with a guide, how well it points where the guide's features do.
Objective objective_of(const DreamOptions& o, const std::vector<Tensor>& guides) {
    Objective all;
    for (std::size_t i = 0; i < o.layers.size(); ++i) {
        const WeightedLayer& layer = o.layers[i];
        const auto mean = [o, layer, guide = guides.empty() ? Tensor() : guides[i]](const Scene& scene) {
            Var part = asked_part(scene.layer(layer.name), layer, o);
            // Over the places of the whole picture, of which the scene may show some.
            const double places = o.row >= 0 ? 1
                                             : static_cast<double>(scene.whole_shape(layer.name).size() /
                                                                   scene.whole_shape(layer.name).channels());
            const double n = places * static_cast<double>(part.shape().channels());
            return guide ? scale(dot(part, best_match(part, scene.graph().leaf(guide))), 1 / n)
                         : scale(sum_squares(part), 0.5 / n);
        };
        ObjectiveTerm term = term_by_sums(layer.name, {layer.name}, {.sums = mean});
        if (o.row >= 0) term.by_sums = {};  // one place, which lies in one part
        term.weight = layer.weight;
        all.terms.push_back(std::move(term));
    }
    return all;
}

/// The gradient averaged with wider and wider blurs of itself; they widen over the steps, so that detail comes first.
Var smoothed(Var gradient, Var step, const DreamOptions& o) {
    // sigma = smoothing + 2 (step + 1) / steps, at a half, once and twice that; nine taps
    const double smoothing = static_cast<double>(o.smoothing), rise = 2.0 / o.steps;
    const StepSchedule sigma({{0, smoothing + rise}, {std::max(1, o.steps - 1), smoothing + 2}});
    std::optional<Var> total;
    constexpr int reach = 4;
    const auto height = static_cast<int>(gradient.shape()[1]), width = static_cast<int>(gradient.shape()[2]);
    if (o.tileable) gradient = pad(gradient, reach, PadMode::circular);
    for (const double times : {0.5, 1.0, 2.0}) {
        Var blurred = gaussian_blur(gradient, sigma.scaled(times).record(step, o.steps), reach);
        if (o.tileable) blurred = crop(blurred, reach, reach, height, width);
        total = total ? add(*total, blurred) : blurred;
    }
    return scale(*total, 1.0f / 3);
}

/// How much of the picture moves: the mean of the mask over its most.
double moving_share(const Image& mask) {
    double sum = 0, most = 0;
    for (const float v : mask.rgb) {
        sum += static_cast<double>(v);
        most = std::max(most, static_cast<double>(v));
    }
    return most > 0 ? sum / most / static_cast<double>(mask.rgb.size()) : 1;
}

Image blank(PictureSize size) {
    const auto pixels = static_cast<std::size_t>(size.height) * static_cast<std::size_t>(size.width);
    return {.width = size.width, .height = size.height, .rgb = std::vector<float>(3 * pixels)};
}

/// So many pixels shrunk to a multiple of `unit`.
int shrunk(int full, double factor, int unit) {
    return std::max(1, static_cast<int>(std::lround(full / factor / unit))) * unit;
}

/// One size of the picture. The shift moves it under the net's grid, so that no
/// place is always at the edge of a pooling window.
Search octave(const Net& net, PictureSize size, int index, const DreamOptions& o, const std::vector<Tensor>& guides,
              const PlanOptions& plans, bool profile) {
    SearchOptions search{.transforms = {jitter(o.jitter)},
                         .optimizer = ascent(o.step / 255),
                         .steps = o.steps,
                         .seed = o.seed,
                         .first_item = index,  // random numbers of its own
                         .activations = o.activations,
                         .look_every = o.look_every,
                         .memory = o.memory,
                         .profile = profile};
    if (o.smoothing > 0) search.smooth = [o](Var gradient, Var step) { return smoothed(gradient, step, o); };
    if (o.mask) {
        search.mask = o.mask;
        search.around = blank(size);  // until there is a photograph
        // The mean change is taken over the whole picture, but what is black has no gradient.
        search.optimizer = ascent(static_cast<double>(o.step) / 255 * moving_share(*o.mask));
    }
    return Search(net, {objective_of(o, guides)}, size.height, size.width, search, plans);
}

std::vector<Tensor> guide_features(const Net& net, const DreamOptions& o, const PlanOptions& plans) {
    std::vector<Tensor> features;
    if (!o.guide) return features;
    Graph g;
    const Layers layers =
        net.record(g.leaf(tensor_of(*o.guide)), {.activations = o.activations, .wanted = names_of(o.layers)});
    for (const WeightedLayer& layer : o.layers) {
        Var whole = layers(layer.name);
        features.push_back(value(o.channel < 0 ? whole : slice_channels(whole, o.channel, 1), plans));
    }
    return features;
}

/// a + factor b, clipped to 0..1 where that is asked for.
Image sum(const Image& a, float factor, const Image& b, bool clipped) {
    Image result = a;
    for (std::size_t i = 0; i < result.rgb.size(); ++i) {
        const float v = a.rgb[i] + factor * b.rgb[i];
        result.rgb[i] = clipped ? std::clamp(v, 0.0f, 1.0f) : v;
    }
    return result;
}

}  // namespace

Dreamer::Dreamer(const Net& net, int height, int width, const DreamOptions& o, PlanOptions plans, bool profile)
    : options_(o),
      net_(o.tileable ? with_table(net, without_edges(net.table())) : net),
      plans_(std::move(plans)),
      profile_(profile) {
    require(!o.layers.empty(), "dream: no layer was given, expected at least one");
    require(std::isfinite(o.octave_scale) && o.octave_scale > 1 && std::isfinite(o.step) && std::isfinite(o.smoothing),
            "dream: octave scale {}, step {} and smoothing {}, expected numbers, and a scale above 1", o.octave_scale,
            o.step, o.smoothing);
    guides_ = guide_features(net, o, plans_);
    const int unit = o.tileable ? whole_stride(net.table(), names_of(o.layers)) : 1;
    if (!plans_.arena) plans_.arena = std::make_shared<Arena>(*plans_.device);
    // All sizes are planned first: they share one arena, and what they need is known before the first step.
    for (int i = 0; i < o.octaves; ++i) {
        const double shrink = std::pow(static_cast<double>(o.octave_scale), o.octaves - 1 - i);
        sizes_.push_back({shrunk(height, shrink, unit), shrunk(width, shrink, unit)});
        if (o.memory == 0) octaves_.push_back(planned(i));
    }
}

Search Dreamer::planned(int i) const {
    const PictureSize size = sizes_[static_cast<std::size_t>(i)], full = sizes_.back();
    MemoryLeft left(options_.memory);
    left.take(memory_of_program, "the program itself");
    left.take_pictures(2, full.width, full.height, "the photograph");
    left.take_pictures(4, size.width, size.height, "pictures of an octave");
    DreamOptions o = options_;
    o.memory = left.bytes();
    return octave(net_, size, i, o, guides_, plans_, profile_ && i + 1 == o.octaves);
}

Image Dreamer::at_size(const Image& picture, PictureSize size) const {
    return options_.tileable ? resized_tile(picture, size.height, size.width, plans_.threads)
                             : resized(picture, size.height, size.width, ResizeKind::bilinear, plans_.threads);
}

DreamResult Dreamer::dream(const Image& photo, const DreamWatcher& watch) {
    const DreamOptions& o = options_;
    DreamResult result;
    std::optional<Image> carried;  // from the size before: what was added there, or the whole
    for (int i = 0; i < o.octaves && result.end == SearchEnd::steps; ++i) {
        const Image base = at_size(photo, sizes_[static_cast<std::size_t>(i)]);
        const int height = base.height, width = base.width;
        std::optional<Search> own;
        Search& search = octaves_.empty() ? own.emplace(planned(i)) : octaves_[static_cast<std::size_t>(i)];
        result.memory = search.memory();
        if (carried) carried = at_size(*carried, sizes_[static_cast<std::size_t>(i)]);
        if (o.mask) search.stay_around(0, base);
        search.start_from(0, !carried ? base : o.whole ? *carried : sum(base, 1, *carried, true));
        if (static_cast<std::size_t>(i) < o.from.size()) search.restore(o.from[static_cast<std::size_t>(i)]);

        const auto finished = [&](const Image& dreamed) {
            return o.original_colors ? with_colors_of(dreamed, base) : dreamed;
        };
        const std::function<Image()> picture = [&] { return finished(search.picture(0)); };
        SearchResult end = search.run([&](const SearchLook& look) {
            return !watch || watch({i, look.done - 1, width, height, search.parts(), look.objective, picture, look});
        })[0];
        const std::vector<double>& objective = end.curves[0].values;
        result.objectives.push_back({objective.front(), objective.back()});
        result.curves.push_back({fmt::format("octave {}, {}x{}", i + 1, width, height), objective});
        result.end = end.end;
        result.steps = i * o.steps + end.steps;
        result.picture = o.original_colors ? finished(end.picture) : std::move(end.picture);
        result.profile = std::move(end.profile);
        result.timed_runs = std::move(end.timed_runs);
        if (i + 1 == o.octaves) break;
        const Image whole = search.picture_without_mask(0);
        carried = o.whole ? whole : sum(whole, -1, base, false);
    }
    return result;
}

DreamResult dream(const Net& net, const Image& photo, const DreamOptions& o, PlanOptions plans, bool profile,
                  const DreamWatcher& watch) {
    return Dreamer(net, photo.height, photo.width, o, std::move(plans), profile).dream(photo, watch);
}

}  // namespace gradus
