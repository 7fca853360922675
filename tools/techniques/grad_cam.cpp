#include "tools/techniques/grad_cam.h"

#include "engine/require.h"
#include "nets/above.h"
#include "nets/describe.h"
#include "ops/cast.h"
#include "ops/conv2d.h"
#include "ops/pointwise.h"
#include "ops/reduce.h"
#include "ops/reshape.h"
#include "ops/resize.h"

namespace gradus {

std::string cam_layer(const NetTable& table, const std::string& layer, int height, int width) {
    std::set<std::string> with_places;
    for (const LayerFacts& facts : describe(table, height, width))
        if (facts.stride > 0) with_places.insert(facts.name);
    std::string other;
    for (const std::string& gate : gates_above(table, layer)) {
        if (!with_places.contains(gate)) continue;
        const LayerKind kind = table.find(gate)->kind;
        if (kind == LayerKind::relu || kind == LayerKind::concat) return gate;
        if (other.empty()) other = gate;
    }
    require(!other.empty(), "grad-cam: no layer lies between the picture and {}, expected a unit of a later one",
            layer);
    return other;
}

Tensor grad_cam(const NetRun& run, const Unit& unit, const Tensor& picture, const std::string& layer) {
    layers_above(run.net.table(), layer);  // refuses what is no layer
    require(unit.layer != layer && layers_above(run.net.table(), unit.layer).contains(layer),
            "grad-cam: {} is not computed from {}, expected a layer that it is computed from", unit.layer, layer);
    Graph upper;
    const Tensor values =
        value(run.net.record(upper.leaf(picture), {.activations = run.activations})(layer), run.plans);
    const Shape shape = values.shape();
    require(shape.rank() == 4, "grad-cam: {} has the shape {}, expected a layer with places", layer, to_string(shape));

    // From there on alone, with those values given: nothing is differentiated that is not looked at.
    Graph lower;
    const Var a = lower.leaf(values, layer);
    const Layers layers = run.net.record(lower.leaf(picture), {.activations = run.activations, .given = {{layer, a}}});
    const Var gradient = grad(sum(unit_values(layers, unit)), {a})[0];
    const Var weights = scale(channel_sums(gradient), 1.0 / static_cast<double>(shape[1] * shape[2]));
    const Var map = relu(conv2d(cast(a, DType::f32), reshape(weights, {1, shape[3], 1, 1})));
    const Var enlarged = resize(map, static_cast<int>(picture.shape()[1]), static_cast<int>(picture.shape()[2]));
    Plan plan(lower, {enlarged}, run.plans);
    run(plan);
    return plan.read(enlarged);
}

}  // namespace gradus
