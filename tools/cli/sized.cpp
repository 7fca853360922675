#include "tools/cli/sized.h"

#include <algorithm>

#include "engine/plan.h"
#include "ops/resize.h"
#include "tools/image/tensor.h"

namespace gradus {

Image sized(const Image& photo, int size, int threads) {
    if (size == 0) return photo;
    const double scale = size / static_cast<double>(std::max(photo.width, photo.height));
    const auto side = [&](int full) { return std::max(1, static_cast<int>(full * scale + 0.5)); };
    Graph g;
    Var x = resize(g.leaf(tensor_of(photo)), side(photo.height), side(photo.width), ResizeKind::lanczos);
    return image_of(value(x, {.threads = threads}));
}

}  // namespace gradus
