#include "tools/image/color_map.h"

#include <algorithm>
#include <cstddef>

namespace gradus {
namespace {

/// Every eighth of the way; linear between, which is never off by more than 3/255.
constexpr std::array<std::array<int, 3>, 9> stops{{{68, 1, 84},
                                                   {71, 45, 123},
                                                   {59, 82, 139},
                                                   {44, 114, 142},
                                                   {33, 145, 140},
                                                   {40, 174, 128},
                                                   {94, 201, 98},
                                                   {173, 220, 48},
                                                   {253, 231, 37}}};

}  // namespace

std::array<float, 3> viridis(float value) {
    constexpr std::size_t last = stops.size() - 1;
    const float at = value > 0 ? std::min(value, 1.0f) * static_cast<float>(last) : 0.0f;  // NaN is not above 0
    const std::size_t stop = std::min(static_cast<std::size_t>(at), last - 1);
    const float part = at - static_cast<float>(stop);
    std::array<float, 3> color{};
    for (std::size_t c = 0; c < 3; ++c) {
        const auto from = static_cast<float>(stops[stop][c]), to = static_cast<float>(stops[stop + 1][c]);
        color[c] = (from + part * (to - from)) / 255;
    }
    return color;
}

}  // namespace gradus
