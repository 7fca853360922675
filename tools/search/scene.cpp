#include "tools/search/scene.h"

#include "engine/require.h"
#include "ops/arithmetic.h"
#include "ops/cast.h"
#include "ops/matmul.h"
#include "ops/reshape.h"
#include "ops/resize.h"
#include "ops/slice.h"
#include "tools/search/like.h"
#include "tools/search/mask.h"

namespace gradus {

Var Scene::mine(Var of_all) const { return parts_.items == 1 ? of_all : slice(of_all, 0, parts_.item, 1); }

Var Scene::whole(std::string_view name) const {
    return name == "picture" ? picture() : name == "input" ? input() : mine(parts_.layers(name));
}

Var Scene::cut(Var x, std::string_view name) const {
    if (!mask_) return x;
    const Shape& shape = x.shape();
    require(shape.rank() == 4, "objective: {} has no places, expected a layer that a mask can cut", name);
    if (name == "picture" || !parts_.moved) return multiply(x, graph().leaf(mask_for(*mask_, shape, x.dtype())));
    Shape one_channel = picture().shape();
    one_channel[3] = 1;
    const Tensor mask = mask_for(*mask_, one_channel, picture().dtype());
    // What a view adds from beyond the border is black.
    Var beyond = parts_.moved(filled_like(picture(), one_channel, 0));
    Var seen = subtract(parts_.moved(graph().leaf(mask)), beyond);
    const auto height = static_cast<int>(shape[1]), width = static_cast<int>(shape[2]);
    Var places = reshape(resize(seen, height, width, ResizeKind::antialias), {shape.pixels(), 1});
    Var ones = filled_like(places, {1, shape.channels()}, 1);
    return multiply(x, cast(reshape(matmul(places, ones), shape), x.dtype()));
}

Scene Scene::masked(const Image& mask) const {
    Scene result = *this;
    result.mask_ = mask;
    return result;
}

}  // namespace gradus
