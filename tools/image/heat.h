#pragma once
#include "engine/tensor.h"
#include "tools/image/image.h"

namespace gradus {

// How a map over a picture is shown: how much each pixel counts for something.

/// How much, from nothing to most. Of a map with three colors, the sum of their absolute values, where the 99th
/// percentile and what is above it is 1: a few extreme pixels do not leave the others dark. Of a map with one value,
/// that value where it is positive, and its largest is 1.
///
/// shapes    map (1,H,W,3) or (1,H,W,1) -> (1,H,W,1), 0..1; all 0 where the map is
Tensor heat_of(const Tensor& map);

/// The signed values as a picture: middle gray is 0, and the 99th percentile of the absolute values is black or full.
///
/// shapes    map (1,H,W,3); or (1,H,W,1), shown gray
Image signed_picture(const Tensor& map);

/// Heat in the colors of viridis.
Image heat_picture(const Tensor& heat);

/// The same, laid over a picture: `share` of it (0..1), and the rest of the picture in gray, so that color means heat.
/// Heat of another size is brought to the picture's, bilinear.
Image overlay(const Image& picture, const Tensor& heat, float share);

}  // namespace gradus
