#include "tools/search/picture_objectives.h"

#include <cmath>
#include <numbers>

#include "engine/require.h"
#include "ops/arithmetic.h"
#include "ops/gaussian_blur.h"
#include "ops/pointwise.h"
#include "ops/reduce.h"
#include "tools/search/like.h"

namespace gradus {
namespace {

Objective of_picture(std::string name, std::function<Var(Var)> value) {
    return {{{.name = std::move(name),
              .value = [value = std::move(value)](const Scene& scene) { return value(scene.layer("picture")); },
              .regularizer = true}}};
}

Var minus(Var x, double constant) { return subtract(x, number_like(x, constant)); }

}  // namespace

Objective total_variation(const TvOptions& options) {
    const char* kind = options.kind == TvKind::l1 ? "l1" : options.kind == TvKind::squared ? "squared" : "beta";
    return of_picture(fmt::format("tv({})", kind), [options](Var x) { return total_variation(x, options); });
}

Objective alpha_norm(double power, const std::array<float, 3>& middle) {
    return of_picture(fmt::format("alpha_norm({})", power), [=](Var x) {
        Var from_middle = subtract(x, leaf_like(x, Tensor(Shape{3}, {middle[0], middle[1], middle[2]})));
        return sum(pow(abs(from_middle), power));
    });
}

Objective l1(double constant) {
    return of_picture("l1", [constant](Var x) { return sum(abs(minus(x, constant))); });
}

Objective l2(double constant) {
    // A little inside the root, whose slope at 0 is infinite.
    return of_picture("l2",
                      [constant](Var x) { return sqrt(add(sum_squares(minus(x, constant)), number_like(x, 1e-12))); });
}

Objective roughness() {
    return of_picture("roughness", [](Var x) {
        // A Gaussian whose neighbors weigh half of the middle.
        const auto sigma = static_cast<float>(1 / std::sqrt(2 * std::numbers::ln2));
        Var blurred = gaussian_blur(x, sigma, 1, PadMode::replicate);
        return scale(subtract(sum_squares(x), dot(x, blurred)), 0.5);
    });
}

}  // namespace gradus
