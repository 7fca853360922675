#include "tools/train/color_jitter.h"

#include <algorithm>

namespace gradus {
namespace {

float gray_of(const float* pixel) { return 0.299f * pixel[0] + 0.587f * pixel[1] + 0.114f * pixel[2]; }

}  // namespace

void change_colors(const ColorFactors& by, std::span<float> rgb) {
    float mean = 0;
    if (by.contrast != 1) {
        double sum = 0;
        for (std::size_t i = 0; i < rgb.size(); i += 3) sum += static_cast<double>(gray_of(&rgb[i]));
        mean = by.brightness * static_cast<float>(sum / static_cast<double>(rgb.size() / 3));
    }
    // Brightness and contrast are one line, x -> slope x + start, and gray follows the same one.
    const float slope = by.contrast * by.brightness, start = (1 - by.contrast) * mean;
    for (std::size_t i = 0; i < rgb.size(); i += 3) {
        float* pixel = &rgb[i];
        const float gray = (1 - by.saturation) * (slope * gray_of(pixel) + start);
        for (int c = 0; c < 3; ++c)
            pixel[c] = std::clamp(by.saturation * (slope * pixel[c] + start) + gray, 0.0f, 1.0f);
    }
}

}  // namespace gradus
