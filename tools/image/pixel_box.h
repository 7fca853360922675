#pragma once
#include <array>

#include "tools/image/image.h"

namespace gradus {

/// Rows and columns of a picture, the ends not included; may reach beyond it.
struct PixelBox {
    int top = 0, left = 0, bottom = 0, right = 0;
    int height() const { return bottom - top; }
    int width() const { return right - left; }
};

/// Draws the edge of a box, `thick` pixels inwards; what lies outside the picture is left out.
void outline(Image& image, const PixelBox& box, int thick, const std::array<float, 3>& color);

/// What a picture shows within a box; gray where the box reaches beyond it. A box larger than the picture along an axis
/// is first cut to it there.
Image part_in(const Image& image, PixelBox box);

}  // namespace gradus
