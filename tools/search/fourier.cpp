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

/// What each number counts, (W,3,H): as much as in a complex spectrum whose two parts are scaled by 1/f and whose
/// inverse transform is divided by 4, which is how the paper's code has it.
Tensor scales(int height, int width, double power) {
    std::vector<float> all;
    const double lowest = 1.0 / std::max(height, width);
    const std::vector<Wave> down = real_dft_waves(height);
    for (const Wave& across : real_dft_waves(width))
        for (int c = 0; c < 3; ++c)
            for (const Wave& wave : down) {
                const double frequency = std::max(
                    std::hypot(wave.periods / static_cast<double>(height), across.periods / static_cast<double>(width)),
                    lowest);
                all.push_back(static_cast<float>(std::numbers::sqrt2 / 4 / std::pow(frequency, power)));
            }
    return Tensor(Shape{width, 3, height}, all);
}

/// Axes from last to first: (A,3,B) -> (B,A,3). Columns of a transform run along the first axis.
Var last_axis_first(Var x) {
    const std::int64_t rows = x.shape()[0] * 3, columns = x.shape()[2];
    return reshape(transpose(reshape(x, {rows, columns})), {columns, x.shape()[0], 3});
}

Tensor encode(const Image& image, const FourierOptions& o) {
    const int height = image.height, width = image.width;
    Graph g;
    Var colors = g.leaf(Tensor(Shape{height, width, 3}, colors_before_sigmoid(image, o.decorrelate)));
    Var down = reshape(real_dft(colors), {height, 3 * std::int64_t{width}});
    Var both = real_dft(reshape(transpose(down), {width, 3, height}));
    return value(divide(both, g.leaf(scales(height, width, o.decay_power))));
}

}  // namespace

Parametrization fourier(const FourierOptions& o) {
    return {
        .name = "fourier",
        .shape =
            [](int height, int width) {
                return Shape{width, 3, height};
            },
        .picture =
            [o](Var numbers, int height, int width) {
                Graph& g = *numbers.graph;
                Var scaled = multiply(numbers, g.leaf(scales(height, width, o.decay_power)));
                Var planes = inverse_real_dft(last_axis_first(inverse_real_dft(scaled)));
                Var pixels = reshape(planes, {std::int64_t{height} * width, 3});
                Var colors = matmul(pixels, g.leaf(color_matrix(o.decorrelate)));
                return sigmoid(reshape(colors, {1, height, width, 3}));
            },
        .noise =
            [o](int height, int width, std::uint64_t seed, int item) {
                return normal_noise({width, 3, height}, "fourier", seed, item, 0, o.sigma);
            },
        .encode = [o](const Image& image) { return encode(image, o); },
    };
}

}  // namespace gradus
