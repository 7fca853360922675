#pragma once
#include <span>

namespace gradus {

struct ColorFactors {
    float brightness = 1, contrast = 1, saturation = 1;
};

/// x times the brightness; then its distance from the mean gray of all pixels, times the contrast; then its distance
/// from the gray of its pixel, times the saturation; then cut to 0..1. Gray is 0.299 R + 0.587 G + 0.114 B.
///
/// shapes    rgb (pixels, 3)
void change_colors(const ColorFactors& by, std::span<float> rgb);

}  // namespace gradus
