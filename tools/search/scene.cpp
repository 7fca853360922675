#include "tools/search/scene.h"

#include <algorithm>
#include <vector>

#include "engine/require.h"
#include "ops/arithmetic.h"
#include "ops/cast.h"
#include "ops/matmul.h"
#include "ops/reshape.h"
#include "ops/resize.h"
#include "ops/slice.h"
#include "tools/search/mask.h"

namespace gradus {

Var Scene::mine(Var of_all) const { return parts_.items == 1 ? of_all : slice(of_all, 0, parts_.item, 1); }

Var Scene::unmasked(std::string_view name) const {
    return name == "picture" ? picture() : name == "input" ? input() : mine(parts_.layers(name));
}

Var Scene::counted(std::string_view name, Var values) const {
    const std::optional<Var> where = mask(name, values);
    return where ? multiply(values, *where) : values;
}

std::optional<Var> Scene::mask(std::string_view name, Var like) const {
    if (!mask_) return {};
    const Shape shape = like.shape();
    require(shape.rank() == 4, "objective: {} has no places, so a mask of it means nothing; expected a layer that has",
            name);
    if (name == "picture" || !parts_.moved) return graph().leaf(mask_for(*mask_, shape, like.dtype()));
    Var moved = moved_mask(shape);
    return like.dtype() == DType::f32 ? moved : cast(moved, like.dtype());
}

/// Moved at the size of the picture, since transforms count pixels, then shrunk to the layer's grid; as many channels
/// as the layer has, all alike.
Var Scene::moved_mask(const Shape& shape) const {
    Var whole = parts_.moved(graph().leaf(mask_for(*mask_, picture().shape())));
    Var small = resize(whole, static_cast<int>(shape[1]), static_cast<int>(shape[2]), ResizeKind::antialias);
    std::vector<float> first(static_cast<std::size_t>(3 * shape.channels()), 0.0f);
    std::fill_n(first.begin(), shape.channels(), 1.0f);
    Var copies = graph().leaf(Tensor(Shape{3, shape.channels()}, first));
    return reshape(matmul(reshape(small, {shape.pixels(), 3}), copies), shape);
}

Scene Scene::masked(const Image& mask) const {
    Scene result = *this;
    result.mask_ = mask;
    return result;
}

}  // namespace gradus
