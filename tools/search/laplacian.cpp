#include <algorithm>
#include <optional>

#include "engine/plan.h"
#include "ops/matmul.h"
#include "ops/pointwise.h"
#include "ops/reshape.h"
#include "ops/resize.h"
#include "ops/slice.h"
#include "tools/search/colors.h"
#include "tools/search/noise.h"
#include "tools/search/parametrization.h"

namespace gradus {
namespace {

struct Level {
    int height = 0, width = 0;
    std::int64_t first = 0;  // of its numbers
    std::int64_t size() const { return std::int64_t{height} * width * 3; }
};

/// The full size first.
std::vector<Level> levels_of(int height, int width, int count) {
    std::vector<Level> all;
    std::int64_t first = 0;
    for (int i = 0; i < count; ++i) {
        all.push_back({std::max(1, height >> i), std::max(1, width >> i), first});
        first += all.back().size();
    }
    return all;
}

std::int64_t size_of(const std::vector<Level>& levels) { return levels.back().first + levels.back().size(); }

}  // namespace

Parametrization laplacian(const LaplacianOptions& o) {
    return {
        .name = "laplacian",
        .shape = [o](int height, int width) { return Shape{size_of(levels_of(height, width, o.levels))}; },
        .picture =
            [o](Var numbers, int height, int width) {
                std::optional<Var> sum;
                for (const Level& level : levels_of(height, width, o.levels)) {
                    Var flat = slice(reshape(numbers, {numbers.shape().size(), 1}), 0, static_cast<int>(level.first),
                                     static_cast<int>(level.size()));
                    Var part = resize(reshape(flat, {1, level.height, level.width, 3}), height, width);
                    sum = sum ? add(*sum, part) : part;
                }
                const std::int64_t pixels = std::int64_t{height} * width;
                Var colors = matmul(reshape(*sum, {pixels, 3}), numbers.graph->leaf(color_matrix(o.decorrelate)));
                return sigmoid(reshape(colors, {1, height, width, 3}));
            },
        .noise =
            [o](int height, int width, std::uint64_t seed, int item) {
                return normal_noise({size_of(levels_of(height, width, o.levels))}, "laplacian", seed, item, 0, o.sigma);
            },
        .encode =
            [o](const Image& image) {
                // All of it at the full size: the smaller levels are where the search adds its own.
                std::vector<float> numbers = colors_before_sigmoid(image, o.decorrelate);
                numbers.resize(static_cast<std::size_t>(size_of(levels_of(image.height, image.width, o.levels))), 0.0f);
                return Tensor(Shape{static_cast<std::int64_t>(numbers.size())}, numbers);
            },
    };
}

}  // namespace gradus
