#pragma once
#include <string>
#include <vector>

namespace gradus {

/// A layer, and how much it counts.
struct WeightedLayer {
    std::string name;
    double weight = 1;
};

inline std::vector<std::string> names_of(const std::vector<WeightedLayer>& layers) {
    std::vector<std::string> names;
    for (const WeightedLayer& layer : layers) names.push_back(layer.name);
    return names;
}

}  // namespace gradus
