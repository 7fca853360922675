#pragma once
#include "tools/image/image.h"

namespace gradus {

/// The picture with each color changed, by one rising function for all pixels, so that its values are spread as those
/// of the other picture are. Sizes may differ. Transparency stays.
Image with_histogram_of(const Image& picture, const Image& colors);

/// The picture with its colors changed by one linear map, so that their mean and covariance are those of the other
/// picture: x -> m' + S'^(1/2) S^(-1/2) (x - m), clipped to 0..1.
///
/// paper     Gatys et al. 2016, Preserving color in neural artistic style transfer
Image with_color_statistics_of(const Image& picture, const Image& colors);

}  // namespace gradus
