#pragma once
#include "tools/techniques/unit_values.h"

namespace gradus {

struct OcclusionOptions {
    // Of the square that hides a part, in pixels of the picture as the net sees it. 0: a seventh of the shorter side
    // (32 at 224), and half the window.
    int window = 0, stride = 0;
};

/// How much a unit loses when a square of the picture is hidden behind another picture, for squares `stride` apart, the
/// last ones flush with the border; each pixel gets the mean over the squares that hid it. Negative: the unit gained.
///
/// shapes    picture, behind (1,H,W,3) -> (1,H,W,1)
/// units     of the unit
/// cost      a forward pass a square, (H - window)/stride + 1 times (W - window)/stride + 1 of them
/// throws    when the window is larger than the picture, or the stride than the window
/// paper     Zeiler & Fergus 2014, Visualizing and understanding convolutional networks
Tensor occlusion(const NetRun& run, const Unit& unit, const Tensor& picture, const Tensor& behind,
                 OcclusionOptions options = {});

}  // namespace gradus
