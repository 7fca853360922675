#include "tools/search/tidy.h"

#include <cmath>

#include "engine/require.h"
#include "ops/arithmetic.h"
#include "ops/assign.h"
#include "ops/drop_lowest.h"
#include "ops/gate.h"
#include "ops/gaussian_blur.h"
#include "ops/matmul.h"
#include "ops/pointwise.h"
#include "ops/reshape.h"

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

void check_tidies(const std::vector<Tidy>& tidies, const Shape& numbers) {
    for (const Tidy& tidy : tidies) {
        require(tidy.every >= 1, "search: {} was given every {} steps, expected at least 1", tidy.name, tidy.every);
        require(numbers.rank() == 4 && numbers[3] == 3,
                "search: {} tidies pixels, was given numbers of shape {}; expected a picture written as pixels",
                tidy.name, to_string(numbers));
    }
}

Var record_tidies(const std::vector<Tidy>& tidies, Var pixels, Var held, Var gradient, Var mean) {
    Var x = subtract(pixels, mean), tidied = x;
    for (const Tidy& tidy : tidies) tidied = tidy.apply(tidied, gradient);
    return assign(pixels, add(pixels, gate(subtract(tidied, x), held)));
}

}  // namespace gradus
