#include "tools/search/tidy.h"

#include <cmath>
#include <limits>

#include "engine/require.h"
#include "ops/arithmetic.h"
#include "ops/assign.h"
#include "ops/drop_lowest.h"
#include "ops/gate.h"
#include "ops/gaussian_blur.h"
#include "ops/matmul.h"
#include "ops/pointwise.h"
#include "ops/reduce.h"
#include "ops/reshape.h"
#include "tools/image/tensor.h"
#include "tools/search/like.h"

namespace gradus {
namespace {

/// The sum over the colors of every pixel, (1,H,W,3) -> (1,H,W,1).
Var over_colors(Var x) {
    const Shape shape = x.shape();
    Var sums = matmul(reshape(x, {shape.pixels(), 3}), x.graph->leaf(Tensor(Shape{3, 1}, {1, 1, 1})));
    return reshape(sums, {shape[0], shape[1], shape[2], 1});
}

}  // namespace

Tidy decay(double share) {
    return {.name = "decay", .apply = [share](Var x, Var) { return scale(x, 1 - share); }};
}

Tidy blur(double sigma, int every) {
    const int radius = static_cast<int>(std::ceil(4 * sigma));
    return {.name = "blur", .every = every, .apply = [=](Var x, Var) {
                return gaussian_blur(x, static_cast<float>(sigma), radius);
            }};
}

// The squares of the norms are in the order of the norms.
Tidy drop_small(double percent) {
    return {.name = "drop_small",
            .apply = [percent](Var x, Var) { return drop_lowest(x, over_colors(multiply(x, x)), percent); }};
}

Tidy drop_idle(double percent) {
    return {.name = "drop_idle", .asks_gradient = true, .apply = [percent](Var x, Var gradient) {
                return drop_lowest(x, over_colors(multiply(x, gradient)), percent);
            }};
}

// Both leave what lies inside as it is, and move what lies outside straight towards the center: a picture that was in
// 0..1, as the center is, stays there, and in the ball of the other kind.
Tidy within_linf(const Image& center, double radius) {
    require(std::isfinite(radius) && radius > 0, "search: was given a ball of radius {}, expected more than 0", radius);
    return {.name = "within_linf", .middle = tensor_of(center), .apply = [radius](Var x, Var) {
                return clip(x, -radius, radius);
            }};
}

Tidy within_l2(const Image& center, double radius) {
    require(std::isfinite(radius) && radius > 0, "search: was given a ball of radius {}, expected more than 0", radius);
    return {.name = "within_l2", .middle = tensor_of(center), .apply = [radius](Var x, Var) {
                Var length = clip(sqrt(sum_squares(x)), radius, std::numeric_limits<double>::infinity());
                return multiply(x, divide(number_like(length, radius), length));
            }};
}

void check_tidies(const std::vector<Tidy>& tidies, const Shape& numbers) {
    for (const Tidy& tidy : tidies) {
        require(tidy.every >= 1, "search: {} was given every {} steps, expected at least 1", tidy.name, tidy.every);
        require(numbers.rank() == 4 && numbers[3] == 3,
                "search: {} tidies pixels, was given numbers of shape {}; expected a picture written as pixels",
                tidy.name, to_string(numbers));
        if (!tidy.middle) continue;
        require(tidy.middle->shape() == numbers, "search: {} was given a center of shape {}, expected {}", tidy.name,
                to_string(tidy.middle->shape()), to_string(numbers));
    }
}

Var record_tidies(const std::vector<Tidy>& tidies, Var pixels, Var held, Var gradient, Var mean) {
    Var x = pixels;
    for (const Tidy& tidy : tidies) {
        Var from_middle = subtract(x, tidy.middle ? x.graph->leaf(*tidy.middle) : mean);
        // What a tidy leaves as it is keeps its bits.
        x = add(x, subtract(tidy.apply(from_middle, gradient), from_middle));
    }
    return assign(pixels, add(pixels, gate(subtract(x, pixels), held)));
}

}  // namespace gradus
