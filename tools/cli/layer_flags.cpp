#include "tools/cli/layer_flags.h"

#include <cmath>
#include <optional>

#include "engine/in_quotes.h"
#include "engine/require.h"

namespace gradus {
namespace {

std::optional<double> number_of(const std::string& text) {
    std::size_t used = 0;
    double number = 0;
    try {
        number = std::stod(text, &used);
    } catch (const std::exception&) {
        return {};
    }
    if (used != text.size() || !std::isfinite(number)) return {};
    return number;
}

}  // namespace

std::vector<WeightedLayer> weighted_layers(const std::string& command, const std::vector<std::string>& texts) {
    std::vector<WeightedLayer> layers;
    for (const std::string& text : texts) {
        const auto equals = text.find('=');
        layers.push_back({text.substr(0, equals), 1});
        if (equals == std::string::npos) continue;
        const std::string weight = text.substr(equals + 1);
        const std::optional<double> number = number_of(weight);
        require(number.has_value(), "{}: {} is not a weight in {}, expected LAYER=NUMBER", command, in_quotes(weight),
                in_quotes(text));
        layers.back().weight = *number;
    }
    return layers;
}

double number_in(const std::string& command, const std::string& option, const std::string& text) {
    const std::optional<double> number = number_of(text);
    require(number.has_value(), "{}: {} in {} is no number", command, in_quotes(text), option);
    return *number;
}

}  // namespace gradus
