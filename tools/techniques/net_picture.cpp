#include "tools/techniques/net_picture.h"

#include <algorithm>
#include <cmath>

#include "engine/require.h"
#include "nets/above.h"
#include "ops/resize.h"
#include "tools/image/crop.h"
#include "tools/image/tensor.h"

namespace gradus {

NetPicture whole_picture(const Image& photo, int size, const PlanOptions& plans) {
    const double scale = size / static_cast<double>(std::min(photo.width, photo.height));
    const auto side = [&](int full) { return std::max(size, static_cast<int>(std::lround(full * scale))); };
    NetPicture picture{.pixels = tensor_of(photo), .shown = photo};
    if (side(photo.width) == photo.width && side(photo.height) == photo.height) return picture;
    Graph graph;
    const Var x = resize(graph.leaf(picture.pixels), side(photo.height), side(photo.width), ResizeKind::antialias);
    picture.pixels = value(x, {.threads = plans.threads});
    return picture;
}

NetPicture middle_of(const Image& photo, int size, const PlanOptions& plans) {
    const int side = std::min(photo.width, photo.height);
    return whole_picture(center_crop(photo, side, side), size, plans);
}

NetPicture picture_for(const Image& photo, const NetTable& table, const std::string& layer, int size,
                       const PlanOptions& plans) {
    const int own = table.input.size;
    if (!wants_own_size(table, layer)) return whole_picture(photo, size > 0 ? size : own, plans);
    require(size == 0 || size == own, "{}: the size is {}, expected {}, the only one that {} takes", table.name, size,
            own, layer);
    return middle_of(photo, own, plans);
}

}  // namespace gradus
