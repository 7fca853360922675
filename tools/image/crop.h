#pragma once
#include "tools/image/image.h"

namespace gradus {

/// The part of a picture from (x, y), its left upper corner, w wide and h high. Throws Error unless it lies within.
Image crop(const Image& image, int x, int y, int w, int h);

/// The middle of a picture; where the margins are odd, the smaller is left and above.
Image center_crop(const Image& image, int w, int h);

}  // namespace gradus
