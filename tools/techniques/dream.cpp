#include "tools/techniques/dream.h"

#include <algorithm>
#include <cmath>

#include "engine/require.h"
#include "ops/arithmetic.h"
#include "ops/assign.h"
#include "ops/best_match.h"
#include "ops/gaussian_blur.h"
#include "ops/increment.h"
#include "ops/pointwise.h"
#include "ops/random.h"
#include "ops/reduce.h"
#include "ops/resize.h"
#include "ops/roll.h"
#include "ops/slice.h"
#include "ops/slice_channels.h"
#include "tools/image/tensor.h"

namespace gradus {
namespace {

/// The part of a layer that the options ask for: all of it, one channel, one position, or one neuron.
Var asked_part(Var layer, const DreamLayer& which, const DreamOptions& o) {
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
Var objective_of(const Layers& layers, const DreamOptions& o, const std::vector<Tensor>& guides) {
    std::optional<Var> total;
    for (std::size_t i = 0; i < o.layers.size(); ++i) {
        Var part = asked_part(layers(o.layers[i].name), o.layers[i], o);
        const auto n = static_cast<float>(part.shape().size());
        Var term = guides.empty()
                       ? scale(sum_squares(part), 0.5f * o.layers[i].weight / n)
                       : scale(dot(part, best_match(part, part.graph->leaf(guides[i]))), o.layers[i].weight / n);
        total = total ? add(*total, term) : term;
    }
    return *total;
}

/// The gradient averaged with wider and wider blurs of itself; they widen over the steps, so that detail comes first.
Var smoothed(Var gradient, Var done, const DreamOptions& o) {
    // sigma = smoothing + 2 (step + 1) / steps, at a half, once and twice that; nine taps
    Graph& g = *gradient.graph;
    Var sigma = add(scale(done, 2.0f / static_cast<float>(o.steps)),
                    g.number(o.smoothing + 2.0f / static_cast<float>(o.steps)));
    std::optional<Var> total;
    for (const float times : {0.5f, 1.0f, 2.0f}) {
        Var blurred = gaussian_blur(gradient, scale(sigma, times), 4);
        total = total ? add(*total, blurred) : blurred;
    }
    return scale(*total, 1.0f / 3);
}

/// One size of the picture: a plan whose every run is a step.
struct Octave {
    Tensor picture, steps_done, seconds_done;
    Graph graph;
    Var objective = {};
    std::unique_ptr<Plan> plan;

    Octave(const Net& net, int height, int width, int index, const DreamOptions& o, const std::vector<Tensor>& guides,
           const PlanOptions& plans)
        : picture(Spec(Shape{1, height, width, 3})),
          steps_done(Spec(Shape{1}, DType::i32)),
          seconds_done(Shape{1}, {0.0f}) {
        steps_done.values_to_write<std::int32_t>()[0] = index * o.steps;
        Var x = graph.leaf(picture, "picture"), step = graph.leaf(steps_done, "step"),
            done = graph.leaf(seconds_done, "done");

        // The shift moves the picture under the net's grid, so that no place is always at the edge of a pooling window.
        const int reach = std::min({o.jitter, height - 1, width - 1});
        Var shift = random_int({2}, {.stream = "jitter", .seed = o.seed, .step = step}, -reach, reach + 1);
        const Layers layers = net.record(roll(x, shift), {.activations = o.activations, .wanted = names(o)});
        objective = objective_of(layers, o, guides);

        Var gradient = grad(objective, {x})[0];
        if (o.smoothing > 0) gradient = smoothed(gradient, done, o);
        Var rate = divide(graph.number(o.step / 255), add(mean(abs(gradient)), graph.number(1e-20f)));
        Var moved = clip(add(x, multiply(gradient, rate)), 0, 1);
        Var next = increment(step);
        std::vector<Var> outputs{objective, assign(x, moved), assign(step, next)};
        if (o.smoothing > 0) outputs.push_back(assign(done, add(done, graph.number(1))));
        plan = std::make_unique<Plan>(graph, outputs, plans);
    }

    static std::vector<std::string> names(const DreamOptions& o) {
        std::vector<std::string> all;
        for (const DreamLayer& layer : o.layers) all.push_back(layer.name);
        return all;
    }
};

Tensor resized(const Tensor& picture, int height, int width, const PlanOptions& plans) {
    Graph g;
    return value(resize(g.leaf(picture), height, width, ResizeKind::bilinear), plans);
}

std::vector<Tensor> guide_features(const Net& net, const DreamOptions& o, const PlanOptions& plans) {
    std::vector<Tensor> features;
    if (!o.guide) return features;
    Graph g;
    const Layers layers =
        net.record(g.leaf(tensor_of(*o.guide)), {.activations = o.activations, .wanted = Octave::names(o)});
    for (const DreamLayer& layer : o.layers) {
        Var whole = layers(layer.name);
        features.push_back(value(o.channel < 0 ? whole : slice_channels(whole, o.channel, 1), plans));
    }
    return features;
}

/// picture = base + detail, both of the octave's size.
void start_from(Tensor& picture, const Tensor& base, const Tensor& detail) {
    const auto to = picture.values_to_write<float>();
    const auto a = base.values<float>(), b = detail.values<float>();
    for (std::size_t i = 0; i < to.size(); ++i) to[i] = std::clamp(a[i] + b[i], 0.0f, 1.0f);
}

Tensor difference(const Tensor& a, const Tensor& b) {
    Tensor result(a.spec());
    const auto to = result.values_to_write<float>();
    for (std::size_t i = 0; i < to.size(); ++i) to[i] = a.values<float>()[i] - b.values<float>()[i];
    return result;
}

}  // namespace

DreamResult dream(const Net& net, const Image& photo, const DreamOptions& o, PlanOptions plans, bool profile,
                  const DreamWatcher& watch) {
    require(!o.layers.empty(), "dream: no layer was given, expected at least one");
    require(std::isfinite(o.octave_scale) && o.octave_scale > 1 && std::isfinite(o.step) && std::isfinite(o.smoothing),
            "dream: octave scale {}, step {} and smoothing {}, expected numbers, and a scale above 1", o.octave_scale,
            o.step, o.smoothing);
    const std::vector<Tensor> guides = guide_features(net, o, plans);
    const Tensor original = tensor_of(photo);

    // All sizes are planned first: they share one arena, and what they need is known before the first step.
    std::vector<std::unique_ptr<Octave>> octaves;
    DreamResult result;
    for (int i = 0; i < o.octaves; ++i) {
        const double shrink = std::pow(static_cast<double>(o.octave_scale), o.octaves - 1 - i);
        const auto size = [&](int full) { return std::max(1, static_cast<int>(std::lround(full / shrink))); };
        octaves.push_back(std::make_unique<Octave>(net, size(photo.height), size(photo.width), i, o, guides, plans));
        const MemoryReport memory = octaves.back()->plan->memory();
        result.memory = {plans.arena ? plans.arena->bytes() : memory.arena, memory.packed, memory.leaves};
    }
    if (profile) octaves.back()->plan->profile(true);

    Tensor last;
    for (int i = 0; i < o.octaves; ++i) {
        Octave& octave = *octaves[static_cast<std::size_t>(i)];
        const int height = static_cast<int>(octave.picture.shape()[1]),
                  width = static_cast<int>(octave.picture.shape()[2]);
        const Tensor base = resized(original, height, width, plans);
        Tensor detail = Tensor(base.shape(), std::vector<float>(static_cast<std::size_t>(base.shape().size()), 0.0f));
        if (last) detail = resized(last, height, width, plans);
        if (o.whole && last)
            start_from(octave.picture, detail,
                       Tensor(base.shape(), std::vector<float>(base.values<float>().size(), 0)));
        else
            start_from(octave.picture, base, detail);

        const std::function<Image()> picture = [&] { return image_of(octave.picture); };
        double first = 0, objective = 0;
        bool stop = false;
        for (int step = 0; step < o.steps && !stop; ++step) {
            octave.plan->run();
            objective = octave.plan->number(octave.objective);
            require(std::isfinite(objective),
                    "dream: the objective became {} at step {} of octave {}; a smaller --step may help", objective,
                    step + 1, i + 1);
            if (step == 0) first = objective;
            if (watch) stop = !watch({i, step, width, height, objective, picture});
        }
        result.objectives.push_back({first, objective});
        last = o.whole ? octave.picture : difference(octave.picture, base);
        result.picture = image_of(octave.picture);
        if (stop) break;
    }
    if (profile) {
        result.profile = octaves.back()->plan->report();
        result.timed_runs = octaves.back()->plan->timed_runs();
    }
    return result;
}

}  // namespace gradus
