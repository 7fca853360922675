#pragma once
#include "tools/image/pixel_box.h"
#include "tools/techniques/unit_values.h"

namespace gradus {

/// The part of a picture that a unit can depend on at all, by the windows on the way to it: all of the picture for
/// units that have no place, and a part that reaches into the borders for those near an edge.
///
/// throws    when there is no such layer
PixelBox receptive_box(const NetTable& table, const Unit& unit, int height, int width);

struct ReceptiveField {
    PixelBox box;     // in pixels of the picture as the net sees it
    Tensor gradient;  // of the unit, (1,H,W,3): 0 outside the box
    int half = 0,
        nine_tenths = 0;  // sides of the squares around the box's middle with so much of the gradient's energy
};

/// What a unit could see, and what it does: the box from the net's windows, and the measured energy of the unit's
/// gradient, the sum of its squares. Energy gathers in the middle, from where most ways lead to the unit.
///
/// shapes    picture (1,H,W,3)
/// cost      one forward and input-gradient pass
/// throws    when the unit's gradient is 0 everywhere: a ReLU on the way is closed
/// paper     Luo et al. 2016, Understanding the effective receptive field in deep convolutional neural networks
ReceptiveField receptive_field(const NetRun& run, const Unit& unit, const Tensor& picture);

}  // namespace gradus
