#include "tools/search/subject.h"

#include <algorithm>

#include "engine/require.h"
#include "ops/cast.h"
#include "tools/search/layer_objectives.h"

namespace gradus {
namespace {

/// The values that a picture gives the channels of a layer (P,Q,C): their means, or their values at one place.
std::vector<double> per_channel(std::span<const float> values, const Shape& shape, const Subject& unit) {
    const auto channels = static_cast<std::size_t>(shape.channels());
    std::vector<double> result(channels, 0.0);
    if (unit.one_place && shape.rank() == 4) {
        const std::int64_t row = unit.row < 0 ? shape[1] / 2 : unit.row,
                           column = unit.column < 0 ? shape[2] / 2 : unit.column;
        const auto first = static_cast<std::size_t>(row * shape[2] + column) * channels;
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

SubjectReading reading_of(const std::vector<double>& all, int index) {
    SubjectReading reading;
    reading.activation = all[static_cast<std::size_t>(index)];
    reading.of = static_cast<int>(all.size());
    reading.rank =
        1 + static_cast<int>(std::count_if(all.begin(), all.end(), [&](double v) { return v > reading.activation; }));
    return reading;
}

}  // namespace

std::string Subject::name() const {
    if (class_index >= 0) return class_name.empty() ? fmt::format("class {}", class_index) : class_name;
    std::string text = layer;
    if (channel >= 0) text += fmt::format(":{}", channel);
    if (!direction.empty()) text += fmt::format(" along {}", direction.name);
    if (one_place) text += row < 0 ? "@middle" : fmt::format("@{},{}", row, column);
    return text;
}

Objective objective_of(const Subject& unit) {
    if (unit.class_index >= 0) return class_score(unit.class_index);
    if (!unit.direction.empty()) return direction(unit.layer, unit.direction);
    if (unit.channel < 0) return energy(unit.layer);
    return unit.one_place ? neuron(unit.layer, unit.channel, unit.row, unit.column) : channel(unit.layer, unit.channel);
}

std::vector<SubjectReading> read_subjects(const Net& net, const Tensor& pictures, const std::vector<Subject>& units,
                                          DType activations, const PlanOptions& plans) {
    Graph g;
    std::vector<std::string> wanted;
    for (const Subject& unit : units) wanted.push_back(unit.class_index >= 0 ? "prob" : unit.layer);
    const Layers layers = net.record(g.leaf(pictures), {.activations = activations, .wanted = wanted});
    std::vector<Var> values, outputs;
    for (const Subject& unit : units)
        values.push_back(cast(unit.class_index >= 0 ? layers.scores() : layers(unit.layer), DType::f32));
    outputs = values;
    const bool classes = std::any_of(units.begin(), units.end(), [](const Subject& u) { return u.class_index >= 0; });
    if (classes) outputs.push_back(layers.probabilities());
    Plan plan(g, outputs, plans);
    plan.run();
    std::vector<SubjectReading> readings;
    for (std::size_t n = 0; n < units.size(); ++n) {
        const Tensor all = plan.read(values[n]);
        const auto size = static_cast<std::size_t>(all.shape().size() / all.shape()[0]);
        const auto mine = all.values<float>().subspan(n * size, size);
        const Subject& unit = units[n];
        if (!unit.direction.empty()) {
            readings.push_back({.activation = along(unit.direction, per_channel(mine, all.shape(), unit))});
            continue;
        }
        if (unit.class_index < 0 && unit.channel < 0) {
            readings.push_back({.activation = half_mean_square(mine)});
            continue;
        }
        const bool one_class = unit.class_index >= 0;
        readings.push_back(
            reading_of(per_channel(mine, all.shape(), unit), one_class ? unit.class_index : unit.channel));
        if (one_class) {
            const Tensor p = plan.read(outputs.back());
            readings.back().probability =
                static_cast<double>(p.values<float>()[n * static_cast<std::size_t>(p.shape().channels()) +
                                                      static_cast<std::size_t>(unit.class_index)]);
        }
    }
    return readings;
}

}  // namespace gradus
