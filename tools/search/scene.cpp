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
#include "tools/search/like.h"
#include "tools/search/mask.h"

namespace gradus {

Var Scene::mine(Var of_all) const { return parts_.items == 1 ? of_all : slice(of_all, 0, parts_.item, 1); }

Var Scene::unmasked(std::string_view name) const {
    Var all = name == "picture" ? picture() : name == "input" ? input() : mine(parts_.layers(name));
    return parts_.part ? parts_.part->own(name, all) : all;
}

Shape Scene::whole_shape(std::string_view name) const {
    return parts_.part ? parts_.part->whole(name) : unmasked(name).shape();
}

Var Scene::beside(std::string_view name, Var x, const Tensor& constant) const {
    const Shape whole = whole_shape(name);
    require(constant.shape() == whole, "{}: was given values of {} to compare with, expected {}", name,
            to_string(constant.shape()), to_string(whole));
    const Tensor typed = constant.dtype() == x.dtype() ? constant : constant.to(x.dtype());
    return parts_.part ? parts_.part->beside(name, typed) : graph().leaf(typed);
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
    if (parts_.part) return mask_of_part(name, like);
    if (name == "picture" || !parts_.moved) return graph().leaf(mask_for(*mask_, shape, like.dtype()));
    Var moved = moved_mask(shape);
    return like.dtype() == DType::f32 ? moved : cast(moved, like.dtype());
}

/// Of one channel where it lies over the whole picture; as many as the layer has only over the part.
Var Scene::mask_of_part(std::string_view name, Var like) const {
    const Shape shape = like.shape();
    Var places = parts_.part->mask(name, *mask_, like.dtype());
    const std::vector<float> ones(static_cast<std::size_t>(shape.channels()), 1.0f);
    Var copies = leaf_like(like, Tensor(Shape{1, shape.channels()}, ones));
    return reshape(matmul(reshape(places, {shape.pixels(), 1}), copies), shape);
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
