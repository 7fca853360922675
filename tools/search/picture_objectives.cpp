#include "tools/search/picture_objectives.h"

#include <cmath>
#include <numbers>

#include "engine/require.h"
#include "ops/arithmetic.h"
#include "ops/gaussian_blur.h"
#include "ops/pointwise.h"
#include "ops/reduce.h"
#include "ops/roll.h"
#include "tools/search/like.h"

namespace gradus {
namespace {

Objective of_picture(std::string name, std::function<Var(const Scene&)> value) {
    return {{{.name = std::move(name), .value = std::move(value), .regularizer = true}}};
}

/// How far the picture is from a color or a gray, where the mask lets it count.
Var distance(const Scene& scene, Var from) { return scene.counted("picture", subtract(scene.picture(), from)); }

/// The next pixels along an axis; past the edge those of the other side.
Var next(Var x, int axis) {
    Tensor back(Spec(Shape{2}, DType::i32));
    const auto shift = back.values_to_write<std::int32_t>();
    shift[0] = axis == 1 ? -1 : 0;
    shift[1] = axis == 2 ? -1 : 0;
    return roll(x, x.graph->leaf(back));
}

/// 1 for pixels that have a next one along an axis, else 0.
Var has_next(Var x, int axis) {
    const Shape shape = x.shape();
    const std::int64_t stride = axis == 1 ? shape[2] * shape[3] : shape[3],
                       last = (axis == 1 ? shape[1] : shape[2]) - 1;
    std::vector<float> values;
    for (std::int64_t i = 0; i < shape.size(); ++i) values.push_back(i / stride % (last + 1) < last ? 1.0f : 0.0f);
    return leaf_like(x, Tensor(shape, values));
}

/// How each pixel differs from the next one along an axis, where the masks of both let it count.
Var to_next(Var x, Var mask, int axis) {
    Var both = multiply(multiply(mask, next(mask, axis)), has_next(x, axis));
    return multiply(subtract(next(x, axis), x), both);
}

/// What ops/total_variation.h computes, of these differences.
Var masked_variation(Var x, Var mask, const TvOptions& options) {
    if (options.kind == TvKind::nine_point) return nine_point_variation(x, mask);
    Var right = to_next(x, mask, 2), down = to_next(x, mask, 1);
    if (options.kind == TvKind::l1) return add(sum(abs(right)), sum(abs(down)));
    if (options.kind == TvKind::squared)
        return scale(add(sum_squares(multiply(right, has_next(x, 1))), sum_squares(multiply(down, has_next(x, 2)))),
                     0.5);
    // A little inside the power, whose slope at 0 may be infinite.
    constexpr double little = 1e-10;
    const double power = options.beta / 2;
    const std::vector<float> littles(static_cast<std::size_t>(x.shape().size()), static_cast<float>(little));
    Var squares = add(multiply(right, right), multiply(down, down));
    Var inside = add(squares, leaf_like(x, Tensor(x.shape(), littles)));
    return sum(subtract(pow(inside, power), number_like(x, std::pow(little, power))));
}

}  // namespace

Objective total_variation(const TvOptions& options) {
    const char* kind = options.kind == TvKind::l1        ? "l1"
                       : options.kind == TvKind::squared ? "squared"
                       : options.kind == TvKind::beta    ? "beta"
                                                         : "nine_point";
    return of_picture(fmt::format("tv({})", kind), [options](const Scene& scene) {
        const std::optional<Var> mask = scene.mask("picture", scene.picture());
        return mask ? masked_variation(scene.picture(), *mask, options) : total_variation(scene.picture(), options);
    });
}

Objective alpha_norm(double power, const std::array<float, 3>& middle) {
    return of_picture(fmt::format("alpha_norm({})", power), [=](const Scene& scene) {
        Var color = leaf_like(scene.picture(), Tensor(Shape{3}, {middle[0], middle[1], middle[2]}));
        return sum(pow(abs(distance(scene, color)), power));
    });
}

Objective l1(double constant) {
    return of_picture("l1", [constant](const Scene& scene) {
        return sum(abs(distance(scene, number_like(scene.picture(), constant))));
    });
}

Objective l2(double constant) {
    // A little inside the root, whose slope at 0 is infinite.
    return of_picture("l2", [constant](const Scene& scene) {
        Var squares = sum_squares(distance(scene, number_like(scene.picture(), constant)));
        return sqrt(add(squares, number_like(squares, 1e-12)));
    });
}

Objective roughness() {
    return of_picture("roughness", [](const Scene& scene) {
        // A Gaussian whose neighbors weigh half of the middle.
        const auto sigma = static_cast<float>(1 / std::sqrt(2 * std::numbers::ln2));
        const auto blurred = [sigma](Var x) { return gaussian_blur(x, sigma, 1, PadMode::replicate); };
        Var x = scene.layer("picture"), squares = multiply(x, scene.picture());
        // Pairs of neighbors count as the masks of both let them: x^2 as often as the neighbors of x do.
        if (const std::optional<Var> mask = scene.mask("picture", x)) squares = multiply(squares, blurred(*mask));
        return scale(subtract(sum(squares), dot(x, blurred(x))), 0.5);
    });
}

}  // namespace gradus
