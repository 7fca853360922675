#pragma once
#include <optional>
#include <string>
#include <vector>

#include "tools/search/objective.h"

namespace gradus {

/// What a layer sees in a picture, wherever it sees it: statistics of its values over all places, in f64.
struct Style {
    Tensor gram;  // (C,C): the mean of x_i x_j
    Tensor mean;  // (C): the mean of x_i
};

/// The mean of styles, by weights that need not add up to 1. Their layers are the same.
Style blend(const std::vector<std::pair<Style, double>>& styles);

/// The style of a layer in a scene as sums over its places, which add up over the parts of a picture. How much a place
/// counts is the mask squared.
///
/// shapes    layer (1,P,Q,C) -> (C C + C), and one more where there is a mask
/// cost      2 P Q C^2 flops
/// paper     Gatys, Ecker & Bethge 2015, Texture synthesis using convolutional neural networks
Var style_sums(const Scene& scene, const std::string& layer);

/// What those of all places, in f64, mean.
Style style_in(const Tensor& sums);

/// How far two styles are apart; G and A are their Gram matrices, C counts channels.
enum class StyleDistance {
    gatys,         // |G - A|^2 / (4 C^2): the paper's
    neural_style,  // |G - A|^2 / C^4: of neural-style and most that came after it
    channels,      // |G - A|^2 / C^2
    relative,      // |G - A|^2 / |A|^2: of any net and layer, 1 for a picture without features
    moments,       // (|mean - mean|^2 + |deviation - deviation|^2) / C: each channel by itself
    wasserstein,   // (|mean - mean|^2 + how far apart the covariances are) / C: wasserstein.h
};

/// How far a layer's values are from those of another picture, n of them.
enum class ContentDistance {
    gatys,         // half the sum of squares: the paper's
    neural_style,  // the mean square
};

// Costs, to be subtracted. A mask says which places of the picture count.
//
// gradient  as the ops they are made of

/// paper     Gatys, Ecker & Bethge 2016, Image style transfer using convolutional neural networks; Johnson 2015,
///           neural-style; Li et al. 2017, Demystifying neural style transfer (moments); Crowson 2021,
///           style-transfer-pytorch (wasserstein)
Objective style_distance(const std::string& layer, const Style& target, StyleDistance distance);

/// |mean - mean|^2 / (2 C): what the Gram matrix of few places leaves open.
Objective mean_distance(const std::string& layer, const Style& target);

/// shapes    target like the layer
Objective content_distance(const std::string& layer, const Tensor& target, ContentDistance distance);

}  // namespace gradus
