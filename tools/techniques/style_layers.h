#pragma once
#include <string>
#include <vector>

#include "nets/table.h"

namespace gradus {

struct StyleLayers {
    std::vector<std::string> content, style;
};

/// The layers of a net that keep a picture's content and take another's style, unless somebody asks for others: those
/// of Gatys et al. for VGG and chains, and layers of about their depth for GoogLeNet and SqueezeNet.
///
/// throws    for nets that have none of these
StyleLayers usual_style_layers(const NetTable& table);

}  // namespace gradus
