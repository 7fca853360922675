#include "tools/image/pixel_box.h"

#include <algorithm>

namespace gradus {

void outline(Image& image, const PixelBox& box, int thick, const std::array<float, 3>& color) {
    for (int row = std::max(box.top, 0); row < std::min(box.bottom, image.height); ++row)
        for (int column = std::max(box.left, 0); column < std::min(box.right, image.width); ++column) {
            const int inwards =
                std::min({row - box.top, box.bottom - 1 - row, column - box.left, box.right - 1 - column});
            if (inwards >= thick) continue;
            const auto at = static_cast<std::ptrdiff_t>(row * image.width + column) * 3;
            std::copy(color.begin(), color.end(), image.rgb.begin() + at);
        }
}

Image part_in(const Image& image, PixelBox box) {
    if (box.height() > image.height) box.top = 0, box.bottom = image.height;
    if (box.width() > image.width) box.left = 0, box.right = image.width;
    Image part{.width = box.width(), .height = box.height(), .rgb = {}};
    part.rgb.assign(static_cast<std::size_t>(part.width) * static_cast<std::size_t>(part.height) * 3, 0.5f);
    for (int row = std::max(box.top, 0); row < std::min(box.bottom, image.height); ++row) {
        const int first = std::max(box.left, 0), last = std::min(box.right, image.width);
        const auto from = image.rgb.begin() + static_cast<std::ptrdiff_t>(row * image.width) * 3;
        const auto to = part.rgb.begin() + static_cast<std::ptrdiff_t>((row - box.top) * part.width) * 3;
        std::copy(from + first * 3, from + last * 3, to + (first - box.left) * 3);
    }
    return part;
}

}  // namespace gradus
