#include "tools/image/resized.h"

#include <algorithm>

#include "engine/plan.h"
#include "ops/affine_sample.h"
#include "tools/image/tensor.h"

namespace gradus {

Image resized(const Image& picture, int height, int width, ResizeKind kind, int threads) {
    if (picture.height == height && picture.width == width)
        return {.width = width, .height = height, .rgb = picture.rgb};
    Graph g;
    const Tensor small = value(resize(g.leaf(tensor_of(picture)), height, width, kind), {.threads = threads});
    return {.width = width, .height = height, .rgb = {small.values<float>().begin(), small.values<float>().end()}};
}

Image resized_tile(const Image& picture, int height, int width, int threads) {
    if (picture.height == height && picture.width == width)
        return {.width = width, .height = height, .rgb = picture.rgb};
    // As resize() looks at it, but past an edge to the opposite one: pixel i at (i + 1/2) scale - 1/2.
    const auto scale = [](int from, int to) { return static_cast<double>(from) / to; };
    const double down = scale(picture.height, height), across = scale(picture.width, width);
    Tensor matrix(Shape{2, 3}, {static_cast<float>(down), 0, static_cast<float>(down / 2 - 0.5),  //
                                0, static_cast<float>(across), static_cast<float>(across / 2 - 0.5)});
    Graph g;
    Var made = affine_sample(g.leaf(tensor_of(picture)), g.leaf(matrix), height, width, {.border = PadMode::circular});
    return image_of(value(made, {.threads = threads}));
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
