#pragma once
#include "tools/image/image.h"

namespace gradus {

/// The picture as an EXIF orientation says it should be seen: 1 as it is, 2 mirrored left to right, 3 turned by 180
/// degrees, 4 mirrored top to bottom, 5 mirrored along the diagonal, 6 turned clockwise, 7 mirrored along the other
/// diagonal, 8 turned counterclockwise.
Image turn(Image image, int orientation);

}  // namespace gradus
