#include "tools/image/heat.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "engine/plan.h"
#include "engine/require.h"
#include "ops/resize.h"
#include "tools/image/color_map.h"

namespace gradus {
namespace {

/// The value that so many of the values do not exceed; 0 of none.
float percentile(std::vector<float> values, double share) {
    if (values.empty()) return 0;
    const auto at = static_cast<std::ptrdiff_t>(share * static_cast<double>(values.size() - 1));
    std::nth_element(values.begin(), values.begin() + at, values.end());
    return values[static_cast<std::size_t>(at)];
}

/// What is to become 1: `most`; where that is 0, though not everything is, the largest.
float scale_of(float most, const std::vector<float>& values) {
    if (most > 0 || values.empty()) return most;
    return *std::max_element(values.begin(), values.end());
}

constexpr double nearly_all = 0.99;

}  // namespace

Tensor heat_of(const Tensor& map) {
    const Shape& shape = map.shape();
    require(shape.rank() == 4 && shape[0] == 1 && (shape[3] == 3 || shape[3] == 1),
            "heat: the map has shape {}, expected (1, H, W, 3) or (1, H, W, 1)", to_string(shape));
    const auto channels = static_cast<std::size_t>(shape[3]);
    const auto values = map.values<float>();
    std::vector<float> heat(values.size() / channels, 0.0f);
    for (std::size_t i = 0; i < values.size(); ++i)
        heat[i / channels] += channels == 3 ? std::abs(values[i]) : std::max(values[i], 0.0f);
    const float most = scale_of(percentile(heat, channels == 3 ? nearly_all : 1), heat);
    for (float& h : heat) h = most > 0 ? std::min(h / most, 1.0f) : 0.0f;
    return Tensor(Shape{1, shape[1], shape[2], 1}, heat);
}

Image signed_picture(const Tensor& map) {
    const Shape& shape = map.shape();
    const auto channels = static_cast<std::size_t>(shape[3]);
    const auto values = map.values<float>();
    std::vector<float> sizes;
    for (const float v : values) sizes.push_back(std::abs(v));
    const float most = scale_of(percentile(sizes, nearly_all), sizes);
    Image image{.width = static_cast<int>(shape[2]), .height = static_cast<int>(shape[1]), .rgb = {}};
    for (std::size_t i = 0; i < values.size(); ++i) {
        const float v = most > 0 ? std::clamp(0.5f + 0.5f * values[i] / most, 0.0f, 1.0f) : 0.5f;
        image.rgb.insert(image.rgb.end(), channels == 1 ? 3 : 1, v);
    }
    return image;
}

Image heat_picture(const Tensor& heat) {
    Image image{.width = static_cast<int>(heat.shape()[2]), .height = static_cast<int>(heat.shape()[1]), .rgb = {}};
    for (const float h : heat.values<float>())
        for (const float c : viridis(h)) image.rgb.push_back(c);
    return image;
}

Image overlay(const Image& picture, const Tensor& heat, float share) {
    Tensor fitting = heat;
    if (heat.shape()[1] != picture.height || heat.shape()[2] != picture.width) {
        Graph graph;
        fitting = value(resize(graph.leaf(heat), picture.height, picture.width));
    }
    Image image = heat_picture(fitting);
    for (std::size_t i = 0; i < image.rgb.size(); i += 3) {
        const float gray = 0.299f * picture.rgb[i] + 0.587f * picture.rgb[i + 1] + 0.114f * picture.rgb[i + 2];
        for (std::size_t c = i; c < i + 3; ++c) image.rgb[c] = share * image.rgb[c] + (1 - share) * gray;
    }
    return image;
}

}  // namespace gradus
