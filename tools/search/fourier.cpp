#include <algorithm>
#include <cmath>
#include <numbers>

#include "engine/plan.h"
#include "ops/arithmetic.h"
#include "ops/matmul.h"
#include "ops/pointwise.h"
#include "ops/real_dft.h"
#include "ops/reshape.h"
#include "ops/transpose.h"
#include "tools/search/colors.h"
#include "tools/search/noise.h"
#include "tools/search/parametrization.h"

namespace gradus {
namespace {

/// What each number counts, (H,W,3): as much as in a complex spectrum whose two parts are scaled by 1/f and whose
/// inverse transform is divided by 4, which is how the paper's code has it.
Tensor scales(int height, int width, double power) {
    std::vector<float> all;
    const double lowest = 1.0 / std::max(height, width);
    const std::vector<Wave> across = real_dft_waves(width);
    for (const Wave& down : real_dft_waves(height))
        for (const Wave& wave : across) {
            const double frequency = std::max(
                std::hypot(down.periods / static_cast<double>(height), wave.periods / static_cast<double>(width)),
                lowest);
            all.insert(all.end(), 3, static_cast<float>(std::numbers::sqrt2 / 4 / std::pow(frequency, power)));
        }
    return Tensor(Shape{height, width, 3}, all);
}

Tensor encode(const Image& image, const FourierOptions& o) {
    const int height = image.height, width = image.width;
    Graph g;
    Var colors = g.leaf(Tensor(Shape{height, width, 3}, colors_before_sigmoid(image, o.decorrelate)));
    return value(divide(real_dft(real_dft(colors, 0), 1), g.leaf(scales(height, width, o.decay_power))));
}

}  // namespace

Parametrization fourier(const FourierOptions& o) {
    return {
        .name = "fourier",
        .shape =
            [](int height, int width) {
                return Shape{height, width, 3};
            },
        .picture =
            [o](Var numbers, int height, int width) {
                Graph& g = *numbers.graph;
                Var scaled = multiply(numbers, g.leaf(scales(height, width, o.decay_power)));
                // Along rows first: so every row stays with the core whose numbers it is made of.
                Var waves = inverse_real_dft(inverse_real_dft(scaled, 1), 0);
                Var pixels = reshape(waves, {std::int64_t{height} * width, 3});
                Var colors = matmul(pixels, g.leaf(color_matrix(o.decorrelate)));
                return sigmoid(reshape(colors, {1, height, width, 3}));
            },
        .noise =
            [o](int height, int width, std::uint64_t seed, int item) {
                // Drawn by frequency across, color and frequency down.
                Graph g;
                const std::int64_t rows = 3 * std::int64_t{width};
                const Tensor drawn = normal_noise({rows, height}, "fourier", seed, item, 0, o.sigma);
                return value(reshape(transpose(g.leaf(drawn)), {height, width, 3}));
            },
        .encode = [o](const Image& image) { return encode(image, o); },
    };
}

}  // namespace gradus
