#include "tools/techniques/mean_gradient.h"

#include <algorithm>

#include "engine/require.h"
#include "ops/assign.h"
#include "ops/increment.h"
#include "ops/reduce.h"
#include "tools/techniques/values.h"

namespace gradus {
namespace {

/// The mean over a batch, and over as many samples as were taken.
Tensor mean_over_batch(const Tensor& total, int samples) {
    Shape shape = total.shape();
    shape[0] = 1;
    Tensor mean{Spec(shape)};
    const auto from = total.values<float>();
    const auto to = mean.values_to_write<float>();
    for (std::size_t i = 0; i < to.size(); ++i) {
        double sum = 0;
        for (std::size_t at = i; at < from.size(); at += to.size()) sum += static_cast<double>(from[at]);
        to[i] = static_cast<float>(sum / samples);
    }
    return mean;
}

}  // namespace

int largest_batch(const Shape& picture) {
    constexpr std::int64_t most = 10, pixels = most * 384 * 384;
    return static_cast<int>(std::clamp<std::int64_t>(pixels / picture.pixels(), 1, most));
}

int batch_of(int samples, const Shape& picture) {
    int batch = std::max(1, std::min(samples, largest_batch(picture)));
    while (samples % batch != 0) --batch;
    return batch;
}

Tensor mean_gradient(const NetRun& run, const Unit& unit, int samples, int batch, const PicturesOf& pictures,
                     ReluRule rule) {
    require(samples >= 1 && batch >= 1 && samples % batch == 0,
            "mean gradient: found {} samples, {} a run, expected at least 1 and a multiple of that", samples, batch);
    Graph graph;
    Tensor steps{Spec(Shape{1}, DType::i32)};
    steps.values_to_write<std::int32_t>()[0] = 0;
    const Tensor taken = zeros({1});
    const Var step = graph.leaf(steps, "step"), done = graph.leaf(taken, "done");
    const Var x = pictures(graph, {step, done, batch});
    const Layers layers = run.net.record(x, {.activations = run.activations, .rule = rule});
    const Var gradient = grad(sum(unit_values(layers, unit)), {x})[0];

    const Tensor total = zeros(gradient.shape());
    const Var so_far = graph.leaf(total, "total");
    Plan plan(graph,
              {assign(so_far, add(so_far, gradient)), assign(step, increment(step)),
               assign(done, add(done, graph.number(static_cast<float>(batch))))},
              run.plans);
    const auto tell = [&] {
        if (run.watch && samples > 1) run.watch(static_cast<int>(taken.values<float>()[0]), samples);
    };
    tell();
    for (int i = 0; i < samples / batch; ++i) {
        run(plan);
        tell();
    }
    return mean_over_batch(total, samples);
}

Tensor unit_gradient(const NetRun& run, const Unit& unit, const Tensor& picture, ReluRule rule) {
    return mean_gradient(
        run, unit, 1, 1, [&](Graph& graph, const Sampling&) { return graph.leaf(picture, "picture"); }, rule);
}

}  // namespace gradus
