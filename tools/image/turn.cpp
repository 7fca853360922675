#include "tools/image/turn.h"

#include <utility>

namespace gradus {

Image turn(Image image, int orientation) {
    if (orientation == 1) return image;
    const bool swap = orientation >= 5;  // rows become columns
    const bool flip_x = orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
    const bool flip_y = orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;

    const auto width = static_cast<std::size_t>(image.width), height = static_cast<std::size_t>(image.height);
    // One plane of `channels` values a pixel, turned.
    const auto turned = [&](const std::vector<float>& plane, std::size_t channels) {
        std::vector<float> out;
        out.reserve(plane.size());
        for (std::size_t v = 0; v < (swap ? width : height); ++v)
            for (std::size_t u = 0; u < (swap ? height : width); ++u) {
                const std::size_t x = swap ? v : u, y = swap ? u : v;
                const std::size_t from = (flip_y ? height - 1 - y : y) * width + (flip_x ? width - 1 - x : x);
                for (std::size_t c = 0; c < channels; ++c) out.push_back(plane[channels * from + c]);
            }
        return out;
    };
    image.rgb = turned(image.rgb, 3);
    if (image.alpha) image.alpha = turned(*image.alpha, 1);
    if (swap) std::swap(image.width, image.height);
    return image;
}

}  // namespace gradus
