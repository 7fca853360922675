#pragma once
#include "tools/image/byte_picture.h"
#include "tools/image/pixel_box.h"
#include "tools/train/draws.h"

namespace gradus {

/// What training does to a picture each time it sees it, so that no two times are alike. Each is off as it stands.
struct AugmentOptions {
    double least_area = 1;   // a part of at least so much of the picture's area, and of such a shape, is cut out and
    double most_aspect = 1;  // stretched over the sample: its width is 1/most_aspect to most_aspect times its height
    int shift = 0;           // the sample moves by up to so many pixels along each axis; its edge is mirrored
    bool flip = false;       // every second one is mirrored left to right
    double brightness = 0;   // all colors times 1 - this to 1 + this
    double contrast = 0;     // the same for their distance from the sample's mean gray
    double saturation = 0;   // and from each pixel's own gray
    int cut_out = 0;         // a square with such a side becomes gray, around any pixel of the sample
};

/// throws    "train: was given a shift of 64 pixels, expected 0 to 63, for samples of 64", the same for each option
void check_augment(const AugmentOptions& options, int size);

/// The part that is cut out: of an area between least_area and all of the picture's, evenly distributed, and an aspect
/// whose logarithm is; where that does not fit, as much of it as does. The largest square in the middle where neither
/// is asked for.
///
/// paper     Szegedy et al. 2015, Going deeper with convolutions
PixelBox drawn_part(int width, int height, const AugmentOptions& options, const Draws& draws);

/// One sample of a picture, in the order of the options. Every number is drawn whether it is used or not: what one
/// option does is the same whatever the others say.
///
/// shapes    to (size, size, 3)
/// units     0..1
/// cost      that of resample(), and about 10 flops a value
/// paper     DeVries & Taylor 2017, Improved regularization of convolutional neural networks with cutout
void augment(const BytePicture& picture, int size, const AugmentOptions& options, const Draws& draws, float* to);

/// How a picture is looked at when nothing is left to chance: the largest square in its middle.
void fit(const BytePicture& picture, int size, float* to);

}  // namespace gradus
