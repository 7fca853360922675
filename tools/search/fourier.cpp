#include <algorithm>
#include <cmath>
#include <numbers>

#include "engine/plan.h"
#include "ops/arithmetic.h"
#include "ops/matmul.h"
#include "ops/pointwise.h"
#include "ops/reshape.h"
#include "ops/transpose.h"
#include "tools/search/colors.h"
#include "tools/search/noise.h"
#include "tools/search/parametrization.h"

namespace gradus {
namespace {

/// The orthonormal waves on n points, (n,n): row k holds wave k. Waves 2f-1 and 2f have f periods.
std::vector<double> waves(int n) {
    std::vector<double> rows;
    for (int k = 0; k < n; ++k) {
        const int periods = (k + 1) / 2;
        const bool alone = k == 0 || 2 * periods == n;  // the constant, and the one that changes its sign each pixel
        for (int i = 0; i < n; ++i) {
            const double angle = 2 * std::numbers::pi * periods * i / n;
            rows.push_back(std::sqrt((alone ? 1.0 : 2.0) / n) *
                           (k % 2 == 1 || k == 0 ? std::cos(angle) : std::sin(angle)));
        }
    }
    return rows;
}

Tensor wave_matrix(int n) {
    const std::vector<double> w = waves(n);
    return Tensor(Shape{n, n}, std::vector<float>(w.begin(), w.end()));
}

/// What each number counts, (H,3,W): as much as in a complex spectrum whose two parts are scaled by 1/f and whose
/// inverse transform is divided by 4, which is how the paper's code has it.
Tensor scales(int height, int width, double power) {
    std::vector<float> all;
    const double lowest = 1.0 / std::max(height, width);
    for (int h = 0; h < height; ++h)
        for (int c = 0; c < 3; ++c)
            for (int w = 0; w < width; ++w) {
                const double down = (h + 1) / 2 / static_cast<double>(height),
                             across = (w + 1) / 2 / static_cast<double>(width);
                const double frequency = std::max(std::hypot(down, across), lowest);
                all.push_back(static_cast<float>(std::numbers::sqrt2 / 4 / std::pow(frequency, power)));
            }
    return Tensor(Shape{height, 3, width}, all);
}

/// numbers (H,3,W) -> the three decorrelated colors before the sigmoid, (H,3,W).
Var inverse_transform(Var numbers, int height, int width) {
    Graph& g = *numbers.graph;
    Var columns =
        matmul(g.leaf(wave_matrix(height)), reshape(numbers, {height, 3 * std::int64_t{width}}), {.transpose_a = true});
    Var rows = matmul(reshape(columns, {3 * std::int64_t{height}, width}), g.leaf(wave_matrix(width)));
    return reshape(rows, {height, 3, width});
}

Tensor encode(const Image& image, const FourierOptions& o) {
    const int height = image.height, width = image.width;
    Graph g;
    Var colors = g.leaf(Tensor(Shape{height, width, 3}, colors_before_sigmoid(image, o.decorrelate)));
    Var x = reshape(transpose(colors), {3 * std::int64_t{height}, width});
    // The basis is orthonormal: its transposed matrix undoes it.
    Var rows = matmul(x, g.leaf(wave_matrix(width)), {.transpose_b = true});
    Var both = matmul(g.leaf(wave_matrix(height)), reshape(rows, {height, 3 * std::int64_t{width}}));
    return value(divide(reshape(both, {height, 3, width}), g.leaf(scales(height, width, o.decay_power))));
}

}  // namespace

Parametrization fourier(const FourierOptions& o) {
    return {
        .name = "fourier",
        .shape =
            [](int height, int width) {
                return Shape{height, 3, width};
            },
        .picture =
            [o](Var numbers, int height, int width) {
                Graph& g = *numbers.graph;
                Var scaled = multiply(numbers, g.leaf(scales(height, width, o.decay_power)));
                Var planes = inverse_transform(scaled, height, width);
                Var pixels = reshape(transpose(planes), {std::int64_t{height} * width, 3});
                Var colors = matmul(pixels, g.leaf(color_matrix(o.decorrelate)));
                return sigmoid(reshape(colors, {1, height, width, 3}));
            },
        .noise =
            [o](int height, int width, std::uint64_t seed, int item) {
                return normal_noise({height, 3, width}, "fourier", seed, item, 0, o.sigma);
            },
        .encode = [o](const Image& image) { return encode(image, o); },
    };
}

}  // namespace gradus
