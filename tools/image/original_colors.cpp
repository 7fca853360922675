#include "tools/image/original_colors.h"

#include <algorithm>

#include "engine/require.h"

namespace gradus {
namespace {

double brightness(const float* rgb) {
    return 0.299 * static_cast<double>(rgb[0]) + 0.587 * static_cast<double>(rgb[1]) +
           0.114 * static_cast<double>(rgb[2]);
}

/// How much of a distance from y there may be, so that it ends in 0..1.
double room(double y, double distance) {
    if (y + distance > 1) return (1 - y) / distance;
    return y + distance < 0 ? y / -distance : 1;
}

}  // namespace

// Cb and Cr are differences from Y, so whoever keeps them moves R, G and B alike.
Image with_colors_of(const Image& picture, const Image& photo) {
    require(picture.width == photo.width && picture.height == photo.height,
            "original colors: the picture is {}x{}, the photograph {}x{}; expected one size", picture.width,
            picture.height, photo.width, photo.height);
    Image result = picture;
    for (std::size_t i = 0; i < result.rgb.size(); i += 3) {
        const double y = std::clamp(brightness(&picture.rgb[i]), 0.0, 1.0), was = brightness(&photo.rgb[i]);
        double share = 1;
        for (std::size_t c = i; c < i + 3; ++c)
            share = std::min(share, room(y, static_cast<double>(photo.rgb[c]) - was));
        for (std::size_t c = i; c < i + 3; ++c) {
            const double color = y + share * (static_cast<double>(photo.rgb[c]) - was);
            result.rgb[c] = y == was ? photo.rgb[c] : static_cast<float>(std::clamp(color, 0.0, 1.0));
        }
    }
    return result;
}

}  // namespace gradus
