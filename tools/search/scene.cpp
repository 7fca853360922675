#include "tools/search/scene.h"

#include "ops/arithmetic.h"
#include "ops/slice.h"
#include "tools/search/mask.h"

namespace gradus {

Var Scene::mine(Var of_all) const { return parts_.items == 1 ? of_all : slice(of_all, 0, parts_.item, 1); }

Var Scene::layer(std::string_view name) const {
    Var x = name == "picture" ? picture() : name == "input" ? input() : mine(parts_.layers(name));
    if (!mask_ || x.shape().rank() != 4) return x;
    return multiply(x, graph().leaf(mask_for(*mask_, x.shape(), x.dtype())));
}

Scene Scene::masked(const Image& mask) const {
    Scene result = *this;
    result.mask_ = mask;
    return result;
}

}  // namespace gradus
