#include "tools/image/crop.h"

#include "engine/require.h"

namespace gradus {
namespace {

/// `values` of a picture with `channels` a pixel.
std::vector<float> part(const std::vector<float>& values, int channels, const Image& image, int x, int y, int w,
                        int h) {
    const auto at = [&](int column, int row) {
        return values.begin() + (static_cast<std::ptrdiff_t>(row) * image.width + column) * channels;
    };
    std::vector<float> out;
    out.reserve(static_cast<std::size_t>(w) * static_cast<std::size_t>(h) * static_cast<std::size_t>(channels));
    for (int row = y; row < y + h; ++row) out.insert(out.end(), at(x, row), at(x, row) + std::ptrdiff_t{w} * channels);
    return out;
}

}  // namespace

Image crop(const Image& image, int x, int y, int w, int h) {
    require(x >= 0 && y >= 0 && w >= 1 && h >= 1 && w <= image.width - x && h <= image.height - y,
            "crop: found {} x {} at ({}, {}), expected a part of the picture, {} x {}", w, h, x, y, image.width,
            image.height);
    Image out{w, h, part(image.rgb, 3, image, x, y, w, h), {}, image.gray};
    if (image.alpha) out.alpha = part(*image.alpha, 1, image, x, y, w, h);
    return out;
}

Image center_crop(const Image& image, int w, int h) {
    return crop(image, (image.width - w) / 2, (image.height - h) / 2, w, h);
}

}  // namespace gradus
