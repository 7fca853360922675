#pragma once
#include "tools/image/image.h"

namespace gradus {

/// The picture's brightness with the photograph's colors, in the Y'CbCr of JPEG: Y = 0.299 R + 0.587 G + 0.114 B of the
/// values as they are encoded, Cb and Cr the distances of B and R from it. Where no color 0..1 has such a brightness
/// and such a chroma, the chroma is made smaller and keeps its direction: the brightness stays.
///
/// shapes    two pictures of one size
/// throws    "original colors: the picture is 4x3, the photograph 8x6; expected one size"
/// source    ITU-T T.871 (JFIF), 7
Image with_colors_of(const Image& picture, const Image& photo);

}  // namespace gradus
