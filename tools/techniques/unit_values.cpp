#include "tools/techniques/unit_values.h"

#include "engine/require.h"
#include "ops/cast.h"
#include "ops/reshape.h"
#include "ops/slice.h"
#include "ops/slice_channels.h"

namespace gradus {
namespace {

bool has_places(const Shape& shape) { return shape.rank() == 4; }

}  // namespace

void check_unit(const Unit& unit, const Shape& shape) {
    require(unit.channel < shape.channels(), "unit: channel {} of {}, which has channels 0 to {}", unit.channel,
            unit.layer, shape.channels() - 1);
    if (!has_places(shape)) {
        require(unit.row <= 0 && unit.column <= 0, "unit: position {},{} of {}, which has no places, only channels",
                unit.row, unit.column, unit.layer);
        return;
    }
    require(unit.row < shape[1] && unit.column < shape[2],
            "unit: position {},{} of {}, which has rows 0 to {} and columns 0 to {} for this picture", unit.row,
            unit.column, unit.layer, shape[1] - 1, shape[2] - 1);
}

Var unit_values(const Layers& layers, const Unit& unit) {
    Var x = layers(unit.layer);
    const Shape shape = x.shape();  // a copy: recording moves the graph's values
    check_unit(unit, shape);
    require(unit.channel >= 0, "unit: no channel of {} was given, expected 0 to {}", unit.layer, shape.channels() - 1);
    if (has_places(shape)) {
        const Unit at = placed_in(shape, unit);
        require(at.row >= 0 && at.column >= 0, "unit: no position in {} was given, expected ROW,COLUMN", unit.layer);
        x = slice(slice(x, 1, at.row, 1), 2, at.column, 1);
    }
    x = reshape(slice_channels(x, unit.channel, 1), {shape[0]});
    return x.dtype() == DType::f64 ? x : cast(x, DType::f32);
}

std::pair<Unit, float> strongest_in(const Tensor& values, const Unit& asked) {
    const Shape& shape = values.shape();
    const Unit unit = placed_in(shape, asked);
    const auto channels = static_cast<int>(shape.channels());
    const int columns = has_places(shape) ? static_cast<int>(shape[2]) : 1;
    const auto at = values.values<float>();
    int best = -1;
    for (int i = 0; i < static_cast<int>(at.size()); ++i) {
        const bool counts = (unit.channel < 0 || i % channels == unit.channel) &&
                            (unit.row < 0 || i / channels == unit.row * columns + unit.column);
        if (counts && (best < 0 || at[static_cast<std::size_t>(i)] > at[static_cast<std::size_t>(best)])) best = i;
    }
    const int place = best / channels;
    return {{unit.layer, best % channels, place / columns, place % columns}, at[static_cast<std::size_t>(best)]};
}

Unit strongest_unit(const NetRun& run, Unit unit, const Tensor& picture) {
    Graph graph;
    const Var layer = run.net.record(graph.leaf(picture), {.activations = run.activations})(unit.layer);
    const Shape shape = layer.shape();
    check_unit(unit, shape);
    unit = placed_in(shape, unit);
    if (unit.channel >= 0 && (unit.row >= 0 || !has_places(shape))) return unit;
    return strongest_in(value(layer, run.plans).to(DType::f32), unit).first;
}

std::vector<float> values_of_unit(const NetRun& run, const Unit& unit, const Tensor& pictures) {
    Graph graph;
    const Var values = unit_values(run.net.record(graph.leaf(pictures), {.activations = run.activations}), unit);
    Plan plan(graph, {values}, run.plans);
    plan.run();
    const Tensor result = plan.read(values).to(DType::f32);
    return {result.values<float>().begin(), result.values<float>().end()};
}

}  // namespace gradus
