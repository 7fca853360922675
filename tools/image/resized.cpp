#include "tools/image/resized.h"

#include <algorithm>
#include <numeric>

#include "engine/plan.h"
#include "ops/crop.h"
#include "ops/pad.h"
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
    // The frame that is added is so wide that it becomes whole pixels, too.
    const int rows = std::gcd(picture.height, height), columns = std::gcd(picture.width, width);
    const int down = picture.height / rows, across = picture.width / columns;
    const int new_down = height / rows, new_across = width / columns;
    Graph g;
    Var framed = pad(g.leaf(tensor_of(picture)), {down, down, across, across}, PadMode::circular);
    Var made = crop(resize(framed, height + 2 * new_down, width + 2 * new_across, ResizeKind::bilinear), new_down,
                    new_across, height, width);
    const Tensor small = value(made, {.threads = threads});
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
