#include "tools/techniques/style_layers.h"

#include <algorithm>

#include "engine/require.h"

namespace gradus {

StyleLayers usual_style_layers(const NetTable& table) {
    const std::vector<StyleLayers> kinds{
        {{"relu4_2"}, {"relu1_1", "relu2_1", "relu3_1", "relu4_1", "relu5_1"}},
        {{"relu4_2"}, {"relu1_1", "relu2_1", "relu3_1", "relu4_1"}},
        {{"inception_4a/output"}, {"conv1/relu_7x7", "conv2/relu_3x3", "inception_3a/output", "inception_4a/output"}},
        {{"fire5/concat"}, {"relu_conv1", "fire2/concat", "fire4/concat", "fire6/concat"}},
    };
    const auto has = [&](const std::vector<std::string>& layers) {
        return std::ranges::all_of(layers, [&](const std::string& l) { return table.find(l) != nullptr; });
    };
    for (const StyleLayers& kind : kinds)
        if (has(kind.content) && has(kind.style)) return kind;
    throw Error(
        fmt::format("style: {} has no usual layers for it, expected --content-layer and --style-layer", table.name));
}

}  // namespace gradus
