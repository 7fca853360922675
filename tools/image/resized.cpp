#include "tools/image/resized.h"

#include <algorithm>

#include "engine/plan.h"
#include "tools/image/tensor.h"

namespace gradus {

Image resized(const Image& picture, int height, int width, ResizeKind kind, int threads) {
    if (picture.height == height && picture.width == width)
        return {.width = width, .height = height, .rgb = picture.rgb};
    Graph g;
    const Tensor small = value(resize(g.leaf(tensor_of(picture)), height, width, kind), {.threads = threads});
    return {.width = width, .height = height, .rgb = {small.values<float>().begin(), small.values<float>().end()}};
}

PictureSize size_with_longer_side(const Image& picture, int size) {
    const double scale = size / static_cast<double>(std::max(picture.width, picture.height));
    const auto side = [&](int full) { return std::max(1, static_cast<int>(full * scale + 0.5)); };
    return {side(picture.height), side(picture.width)};
}

Image with_longer_side(const Image& picture, int size, int threads) {
    const auto [height, width] = size_with_longer_side(picture, size);
    Image made = resized(picture, height, width, ResizeKind::lanczos, threads);
    for (float& value : made.rgb) value = std::clamp(value, 0.0f, 1.0f);
    return made;
}

}  // namespace gradus
