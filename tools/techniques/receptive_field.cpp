#include "tools/techniques/receptive_field.h"

#include <algorithm>
#include <cmath>

#include "engine/require.h"
#include "nets/above.h"
#include "nets/describe.h"
#include "tools/techniques/mean_gradient.h"

namespace gradus {
namespace {

/// The side of the smallest square around the middle of the box that holds this share of the energy.
int side_of_share(const std::vector<double>& by_distance, double share) {
    double all = 0, inside = 0;
    for (const double energy : by_distance) all += energy;
    for (std::size_t d = 0; d < by_distance.size(); ++d) {
        inside += by_distance[d];
        if (inside >= share * all) return 2 * static_cast<int>(d) + 1;
    }
    return 2 * static_cast<int>(by_distance.size()) - 1;
}

/// The energy at each distance from the middle pixel, rounded down, measured along the farther axis.
std::vector<double> energy_by_distance(const Tensor& gradient, const PixelBox& box) {
    const auto height = gradient.shape()[1], width = gradient.shape()[2];
    const std::int64_t row = (box.top + box.bottom) / 2, column = (box.left + box.right) / 2;
    std::vector<double> energy(static_cast<std::size_t>(2 * std::max(height, width)), 0.0);
    const auto values = gradient.values<float>();
    for (std::size_t i = 0; i < values.size(); ++i) {
        const auto pixel = static_cast<std::int64_t>(i / 3);
        const auto far = std::max(std::abs(pixel / width - row), std::abs(pixel % width - column));
        energy[std::min(static_cast<std::size_t>(far), energy.size() - 1)] +=
            static_cast<double>(values[i]) * static_cast<double>(values[i]);
    }
    return energy;
}

}  // namespace

PixelBox receptive_box(const NetTable& table, const Unit& unit, int height, int width) {
    layers_above(table, unit.layer);  // refuses what is no layer
    for (const LayerFacts& facts : describe(table, height, width)) {
        if (facts.name != unit.layer || facts.stride == 0) continue;
        const int top = facts.start + unit.row * facts.stride, left = facts.start + unit.column * facts.stride;
        return {top, left, top + facts.receptive_field, left + facts.receptive_field};
    }
    return {0, 0, height, width};
}

ReceptiveField receptive_field(const NetRun& run, const Unit& unit, const Tensor& picture) {
    const int height = static_cast<int>(picture.shape()[1]), width = static_cast<int>(picture.shape()[2]);
    ReceptiveField field{.box = receptive_box(run.net.table(), unit, height, width),
                         .gradient = unit_gradient(run, unit, picture)};
    const auto values = field.gradient.values<float>();
    require(std::any_of(values.begin(), values.end(), [](float v) { return v != 0; }),
            "receptive field: the gradient of {} is 0 everywhere, expected a unit that answers to this picture",
            to_string(unit));
    const std::vector<double> energy = energy_by_distance(field.gradient, field.box);
    field.half = side_of_share(energy, 0.5);
    field.nine_tenths = side_of_share(energy, 0.9);
    return field;
}

}  // namespace gradus
