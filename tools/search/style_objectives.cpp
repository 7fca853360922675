#include "tools/search/style_objectives.h"

#include <cmath>

#include "engine/require.h"
#include "ops/arithmetic.h"
#include "ops/gram.h"
#include "ops/optimizer_step.h"
#include "ops/pointwise.h"
#include "ops/reduce.h"
#include "ops/relu.h"
#include "ops/reshape.h"
#include "tools/search/like.h"
#include "tools/search/wasserstein.h"

namespace gradus {
namespace {

constexpr double little = 1e-5;  // of a variance: the root of 0 has no slope

double channels_of(const Style& style) { return static_cast<double>(style.mean.shape()[0]); }

/// The style of a scene's layer, where its mask says.
RecordedStyle style_in(const Scene& scene, const std::string& layer, const Style& target) {
    Var x = wide(scene.unmasked(layer));
    require(Shape{x.shape().channels()} == target.mean.shape(), "{}: was given a style of {} channels, expected {}",
            layer, target.mean.shape()[0], x.shape().channels());
    return record_style(x, scene.mask(layer, x));
}

double squares_of(const Tensor& values) {
    double sum = 0;
    for (const double v : values.values<double>()) sum += v * v;
    return sum;
}

Objective cost(const std::string& name, const std::string& layer, std::function<Var(const Scene&)> value) {
    std::vector<std::string> reads;
    if (layer != "picture" && layer != "input") reads.push_back(layer);
    return {{{.name = fmt::format("{}({})", name, layer), .value = std::move(value), .layers = reads}}};
}

Var squares_between(Var a, const Tensor& b) { return sum_squares(subtract(a, leaf_like(a, b))); }

/// The root of the variance of each channel, E x^2 - (E x)^2, and a little more.
Var deviations(Var squares, Var mean) {
    const std::vector<float> more(static_cast<std::size_t>(mean.shape()[0]), static_cast<float>(little));
    return sqrt(add(relu(subtract(squares, multiply(mean, mean))), leaf_like(mean, Tensor(mean.shape(), more))));
}

/// The same of a target.
Tensor deviations_of(const Style& style) {
    const auto gram = style.gram.values<double>(), mean = style.mean.values<double>();
    Tensor made = zeros(style.mean.spec());
    const auto deviations = made.values_to_write<double>();
    for (std::size_t c = 0; c < deviations.size(); ++c) {
        const double square = gram[c * (deviations.size() + 1)];
        deviations[c] = std::sqrt(std::max(0.0, square - mean[c] * mean[c]) + little);
    }
    return made;
}

}  // namespace

Style blend(const std::vector<std::pair<Style, double>>& styles) {
    double all = 0;
    for (const auto& [style, weight] : styles) all += weight;
    require(!styles.empty() && all > 0, "styles: were given weights that add up to {}, expected more than 0", all);
    Style mixed{zeros(styles[0].first.gram.spec()), zeros(styles[0].first.mean.spec())};
    for (const auto& [style, weight] : styles)
        for (const auto& [to, from] : {std::pair{&mixed.gram, &style.gram}, std::pair{&mixed.mean, &style.mean}}) {
            const auto values = to->values_to_write<double>();
            for (std::size_t i = 0; i < values.size(); ++i) values[i] += weight / all * from->values<double>()[i];
        }
    return mixed;
}

RecordedStyle record_style(Var x, const std::optional<Var>& places) {
    const std::int64_t C = x.shape().channels();
    const auto count = static_cast<double>(x.shape().pixels());
    const auto flat = [C](Var gram_of) { return reshape(gram_of, {C * C}); };
    if (!places) return {scale(flat(gram(x)), 1 / count), scale(channel_sums(x), 1 / count)};
    // A little more, for a mask that is black all over.
    Var weight = add(scale(sum_squares(*places), 1.0 / static_cast<double>(C)), number_like(x, 1e-6));
    return {divide(flat(gram(multiply(x, *places))), weight),
            divide(channel_sums(multiply(multiply(x, *places), *places)), weight)};
}

Objective style_distance(const std::string& layer, const Style& target, StyleDistance distance) {
    const double C = channels_of(target);
    if (distance == StyleDistance::moments)
        return cost("style", layer, [=](const Scene& scene) {
            Var x = wide(scene.unmasked(layer));
            const RecordedStyle mine = style_in(scene, layer, target);
            const RecordedStyle squares = record_style(multiply(x, x), scene.mask(layer, x));
            return scale(add(squares_between(mine.mean, target.mean),
                             squares_between(deviations(squares.mean, mine.mean), deviations_of(target))),
                         1 / C);
        });
    if (distance == StyleDistance::wasserstein)
        return cost("style", layer, [=, root = root_of_covariance(target)](const Scene& scene) {
            Var x = wide(scene.unmasked(layer)), mean = style_in(scene, layer, target).mean;
            Var covariance = record_style(subtract(x, mean), scene.mask(layer, x)).gram;
            return wasserstein(mean, reshape(covariance, root.shape()), target, root);
        });
    const double over = distance == StyleDistance::gatys          ? 4 * C * C
                        : distance == StyleDistance::neural_style ? C * C * C * C
                        : distance == StyleDistance::channels     ? C * C
                                                                  : squares_of(target.gram);
    require(over > 0, "{}: the style is 0 everywhere, which has no distance to compare with", layer);
    return cost("style", layer, [=](const Scene& scene) {
        Var mine = style_in(scene, layer, target).gram;
        return scale(sum_squares(subtract(mine, reshape(leaf_like(mine, target.gram), mine.shape()))), 1 / over);
    });
}

Objective mean_distance(const std::string& layer, const Style& target) {
    return cost("style mean", layer, [=](const Scene& scene) {
        return scale(squares_between(style_in(scene, layer, target).mean, target.mean), 1 / (2 * channels_of(target)));
    });
}

Objective content_distance(const std::string& layer, const Tensor& target, ContentDistance distance) {
    return cost("content", layer, [=](const Scene& scene) {
        Var x = wide(scene.unmasked(layer));
        require(x.shape() == target.shape(), "{}: was given a content of {}, expected {}", layer,
                to_string(target.shape()), to_string(x.shape()));
        Var difference = subtract(x, leaf_like(x, target));
        if (const std::optional<Var> mask = scene.mask(layer, x)) difference = multiply(difference, *mask);
        const double n = static_cast<double>(x.shape().size());
        return scale(sum_squares(difference), distance == ContentDistance::gatys ? 0.5 : 1 / n);
    });
}

}  // namespace gradus
