#pragma once
// Pictures for tests of techniques.
#include <cmath>

#include "tests/check.h"
#include "tools/image/image.h"

namespace gradus::test {

/// Noise around gray, the same for the same seed.
inline Image some_picture(int width, int height, unsigned seed) {
    Image image{.width = width, .height = height, .rgb = {}};
    for (const float v : noise(width * height * 3, seed)) image.rgb.push_back(0.5f + 0.3f * v);
    return image;
}

/// Waves of gray, from one pixel to the next.
inline Image bars(int width = 48, int height = 40) {
    Image image{.width = width, .height = height, .rgb = {}};
    for (int i = 0; i < width * height * 3; ++i)
        image.rgb.push_back(0.5f + 0.3f * std::sin(0.05f * static_cast<float>(i)));
    return image;
}

/// A mask: black on the left, white on the right.
inline Image right_half(int width, int height) {
    Image mask{.width = width, .height = height, .rgb = {}};
    for (int i = 0; i < width * height; ++i) mask.rgb.insert(mask.rgb.end(), 3, i % width < width / 2 ? 0.0f : 1.0f);
    return mask;
}

}  // namespace gradus::test
