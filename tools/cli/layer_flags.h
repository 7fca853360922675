#pragma once
#include <string>
#include <vector>

#include "tools/search/weighted_layer.h"

namespace gradus {

/// Layers as options take them, each NAME or NAME=WEIGHT: "inception_4c/output=0.5".
///
/// throws    "dream: "x" is not a weight in "conv1=x", expected LAYER=NUMBER"
std::vector<WeightedLayer> weighted_layers(const std::string& command, const std::vector<std::string>& texts);

/// A number as an option's list takes it.
///
/// throws    "style: "x" in --style-weights is no number"
double number_in(const std::string& command, const std::string& option, const std::string& text);

}  // namespace gradus
