#include "tools/search/unit.h"

#include <algorithm>

#include "engine/require.h"
#include "ops/cast.h"
#include "tools/search/layer_objectives.h"

namespace gradus {
namespace {

/// The values that a picture gives the channels of a layer (P,Q,C): their means, or their values at one place.
std::vector<double> per_channel(std::span<const float> values, const Shape& shape, const Unit& unit) {
    const auto channels = static_cast<std::size_t>(shape.channels());
    std::vector<double> result(channels, 0.0);
    if (unit.one_place() && shape.rank() == 4) {
        const Unit at = placed_in(shape, unit);
        const auto first = static_cast<std::size_t>(at.row * shape[2] + at.column) * channels;
        for (std::size_t c = 0; c < channels; ++c) result[c] = static_cast<double>(values[first + c]);
        return result;
    }
    for (std::size_t i = 0; i < values.size(); ++i) result[i % channels] += static_cast<double>(values[i]);
    for (double& sum : result) sum /= static_cast<double>(values.size() / channels);
    return result;
}

double half_mean_square(std::span<const float> values) {
    double sum = 0;
    for (const float v : values) sum += static_cast<double>(v) * static_cast<double>(v);
    return sum / 2 / static_cast<double>(values.size());
}

double along(const Direction& direction, const std::vector<double>& channels) {
    double sum = 0;
    for (const auto& [channel, weight] : direction.weights)
        sum += static_cast<double>(weight) * channels.at(static_cast<std::size_t>(channel));
    return sum;
}

UnitReading reading_of(const std::vector<double>& all, int index) {
    UnitReading reading;
    reading.activation = all[static_cast<std::size_t>(index)];
    reading.of = static_cast<int>(all.size());
    reading.rank =
        1 + static_cast<int>(std::count_if(all.begin(), all.end(), [&](double v) { return v > reading.activation; }));
    return reading;
}

}  // namespace

std::string Unit::name() const {
    if (is_class) return class_name.empty() ? fmt::format("class {}", channel) : class_name;
    std::string text = layer;
    if (channel >= 0) text += fmt::format(":{}", channel);
    if (!direction.empty()) text += fmt::format(" along {}", direction.name);
    if (one_place()) text += row == middle ? "@middle" : fmt::format("@{},{}", row, column);
    return text;
}

Unit class_unit(const Net& net, int index) {
    return {.layer = net.table().scores, .channel = index, .row = 0, .column = 0, .is_class = true};
}

std::string to_string(const Unit& unit) {
    std::string text = unit.layer;
    if (unit.channel >= 0) text += fmt::format(", channel {}", unit.channel);
    if (unit.one_place())
        text += unit.row == Unit::middle ? " in the middle" : fmt::format(" at {},{}", unit.row, unit.column);
    return text;
}

Unit placed_in(const Shape& layer, Unit unit) {
    const auto middle_of = [&](std::size_t axis) { return layer.rank() == 4 ? static_cast<int>(layer[axis] / 2) : 0; };
    if (unit.row == Unit::middle) unit.row = middle_of(1);
    if (unit.column == Unit::middle) unit.column = middle_of(2);
    return unit;
}

Objective objective_of(const Unit& unit) {
    if (unit.is_class) return class_score(unit.channel);
    if (!unit.direction.empty()) return direction(unit.layer, unit.direction);
    if (unit.channel < 0) return energy(unit.layer);
    if (!unit.one_place()) return channel(unit.layer, unit.channel);
    if (unit.row == Unit::middle) return neuron(unit.layer, unit.channel);
    return neuron(unit.layer, unit.channel, unit.row, unit.column);
}

std::vector<UnitReading> read_units(const Net& net, const Tensor& pictures, const std::vector<Unit>& units,
                                    DType activations, const PlanOptions& plans) {
    Graph g;
    std::vector<std::string> wanted;
    for (const Unit& unit : units) wanted.push_back(unit.is_class ? "prob" : unit.layer);
    const Layers layers = net.record(g.leaf(pictures), {.activations = activations, .wanted = wanted});
    std::vector<Var> values, outputs;
    for (const Unit& unit : units)
        values.push_back(cast(unit.is_class ? layers.scores() : layers(unit.layer), DType::f32));
    outputs = values;
    const bool classes = std::any_of(units.begin(), units.end(), [](const Unit& u) { return u.is_class; });
    if (classes) outputs.push_back(layers.probabilities());
    Plan plan(g, outputs, plans);
    plan.run();
    std::vector<UnitReading> readings;
    for (std::size_t n = 0; n < units.size(); ++n) {
        const Tensor all = plan.read(values[n]);
        const auto size = static_cast<std::size_t>(all.shape().size() / all.shape()[0]);
        const auto mine = all.values<float>().subspan(n * size, size);
        const Unit& unit = units[n];
        if (!unit.direction.empty()) {
            readings.push_back({.activation = along(unit.direction, per_channel(mine, all.shape(), unit))});
            continue;
        }
        if (unit.channel < 0) {
            readings.push_back({.activation = half_mean_square(mine)});
            continue;
        }
        readings.push_back(reading_of(per_channel(mine, all.shape(), unit), unit.channel));
        if (unit.is_class) {
            const Tensor p = plan.read(outputs.back());
            readings.back().probability =
                static_cast<double>(p.values<float>()[n * static_cast<std::size_t>(p.shape().channels()) +
                                                      static_cast<std::size_t>(unit.channel)]);
        }
    }
    return readings;
}

}  // namespace gradus
