#pragma once
#include <optional>

#include "tools/techniques/style.h"

namespace gradus {

struct TextureOptions {
    /// Layers, losses, optimizer, steps at each level. Content, sizes, start and style_scale mean nothing here.
    StyleOptions style = {};
    int height = 0, width = 0;       // of the result; 0: as the sample
    int levels = 1;                  // sizes, from coarse to fine, each half of the next; the sample goes with them
    bool tileable = false;           // it can be laid side by side with itself; sizes are rounded for that
    bool histogram = true;           // in the end its colors are spread as the sample's are
    std::optional<Image> fill = {};  // of the sample's size: only what is white here is made, the rest is the sample
};

/// Looks for a picture that looks like a sample of a texture, from noise: the same statistics of layers, elsewhere.
///
/// cost      steps forward and input-gradient passes
/// throws    for unknown layers, and sizes too small for the net
/// paper     Gatys, Ecker & Bethge 2015, Texture synthesis using convolutional neural networks; Gatys et al. 2017,
///           Controlling perceptual factors in neural style transfer (coarse to fine)
StyleResult texture(const Net& net, const Image& sample, const TextureOptions& options, const PlanOptions& plans,
                    const StyleWatcher& watch = {});

}  // namespace gradus
