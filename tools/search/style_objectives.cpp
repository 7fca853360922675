#include "tools/search/style_objectives.h"

#include <cmath>

#include "engine/require.h"
#include "ops/arithmetic.h"
#include "ops/concat.h"
#include "ops/gram.h"
#include "ops/matmul.h"
#include "ops/optimizer_step.h"
#include "ops/pointwise.h"
#include "ops/reduce.h"
#include "ops/relu.h"
#include "ops/reshape.h"
#include "ops/slice.h"
#include "tools/search/like.h"
#include "tools/search/wasserstein.h"

namespace gradus {
namespace {

constexpr double nothing = 1e-6;  // what a mask that is black all over counts
constexpr double little = 1e-5;   // of a variance: the root of 0 has no slope

double channels_of(const Style& style) { return static_cast<double>(style.mean.shape()[0]); }

using Places = std::optional<Var>;

// Sums over places, of which each counts as often as it says, squared.
Var gram_sums(Var x, const Places& p) {
    const std::int64_t C = x.shape().channels();
    return reshape(gram(p ? multiply(x, *p) : x), {C * C});
}
Var mean_sums(Var x, const Places& p) { return channel_sums(p ? multiply(multiply(x, *p), *p) : x); }
Var square_sums(Var x, const Places& p) {
    Var counted = p ? multiply(x, *p) : x;
    return channel_sums(multiply(counted, counted));
}

using Sum = std::function<Var(Var x, const Places&)>;
using Sums = std::vector<Sum>;

/// The same of values less something for each channel.
Sum less(const Tensor& offsets, const Sum& sum) {
    return [=](Var x, const Places& places) { return sum(subtract(x, leaf_like(x, offsets)), places); };
}

/// Sums over a scene's places on the way to means: over the number of all places; or where a mask says how much each
/// counts, with what they all count behind them.
Var toward_means(const Scene& scene, const std::string& layer, const Sums& of) {
    Var x = wide(scene.unmasked(layer));
    const Shape whole = scene.whole_shape(layer);
    require(whole.rank() == 4, "{}: has no places, so no style; expected a layer that has", layer);
    const Places places = scene.mask(layer, x);
    std::vector<Var> sums;
    for (const auto& sum : of)
        sums.push_back(places ? sum(x, places) : scale(sum(x, places), 1.0 / static_cast<double>(whole.pixels())));
    if (places) sums.push_back(scale(sum_squares(*places), 1.0 / static_cast<double>(whole.channels())));
    return sums.size() == 1 ? sums[0] : concat(sums);
}

/// The means, of which there are so many.
Var means(Var sums, std::int64_t count) {
    if (sums.shape()[0] == count) return sums;
    Var weight = add(slice(sums, 0, static_cast<int>(count), 1), number_like(sums, nothing));
    return divide(slice(sums, 0, 0, static_cast<int>(count)), weight);
}

Var part_of(Var x, std::int64_t first, std::int64_t count) {
    return slice(x, 0, static_cast<int>(first), static_cast<int>(count));
}

double squares_of(const Tensor& values) {
    double sum = 0;
    for (const double v : values.values<double>()) sum += v * v;
    return sum;
}

/// A cost of a layer's style, as a function of so many means.
Objective cost(const std::string& name, const std::string& layer, const Style& target, const Sums& of,
               std::int64_t means_of_layer, std::function<Var(Var means)> value) {
    std::vector<std::string> reads;
    if (layer != "picture" && layer != "input") reads.push_back(layer);
    const auto sums = [=](const Scene& scene) {
        const std::int64_t channels = scene.whole_shape(layer).channels();
        require(Shape{channels} == target.mean.shape(), "{}: was given a style of {} channels, expected {}", layer,
                target.mean.shape()[0], channels);
        return toward_means(scene, layer, of);
    };
    return {{term_by_sums(fmt::format("{}({})", name, layer), reads,
                          {.sums = sums, .value = [=](Var found) { return value(means(found, means_of_layer)); }})}};
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

Var style_sums(const Scene& scene, const std::string& layer) {
    return toward_means(scene, layer, {gram_sums, mean_sums});
}

Style style_in(const Tensor& sums) {
    const auto values = sums.values<double>();
    // C C + C numbers, and with a mask the weight of them all: (C + 1)^2 lies above the first, below the next square.
    const auto C = static_cast<std::int64_t>(std::sqrt(static_cast<double>(values.size())));
    const std::int64_t squares = C * C;
    const bool masked = sums.shape()[0] > squares + C;
    require(sums.shape()[0] == squares + C + masked,
            "styles: were given sums of {}, expected C C + C and at most one more", to_string(sums.shape()));
    const double weight = masked ? values.back() + nothing : 1;
    Style style{zeros(Spec(Shape{C, C}, DType::f64)), zeros(Spec(Shape{C}, DType::f64))};
    const auto gram = style.gram.values_to_write<double>(), mean = style.mean.values_to_write<double>();
    for (std::size_t i = 0; i < gram.size(); ++i) gram[i] = values[i] / weight;
    for (std::size_t i = 0; i < mean.size(); ++i) mean[i] = values[gram.size() + i] / weight;
    return style;
}

Objective style_distance(const std::string& layer, const Style& target, StyleDistance distance) {
    const std::int64_t channels = target.mean.shape()[0];
    const double C = channels_of(target);
    if (distance == StyleDistance::moments)
        return cost("style", layer, target, {mean_sums, square_sums}, 2 * channels, [=](Var found) {
            Var mean = part_of(found, 0, channels), squares = part_of(found, channels, channels);
            return scale(add(squares_between(mean, target.mean),
                             squares_between(deviations(squares, mean), deviations_of(target))),
                         1 / C);
        });
    if (distance == StyleDistance::wasserstein)
        // Of values less the target's means: a Gram matrix less m m^T loses in rounding what little contrast there is.
        return cost("style", layer, target, {less(target.mean, gram_sums), less(target.mean, mean_sums)},
                    channels * channels + channels, [=, root = root_of_covariance(target)](Var found) {
                        Var away = part_of(found, channels * channels, channels);
                        Var column = reshape(away, {channels, 1}), row = reshape(away, {1, channels});
                        Var squares = reshape(part_of(found, 0, channels * channels), root.shape());
                        return wasserstein(add(away, leaf_like(away, target.mean)),
                                           subtract(squares, matmul(column, row)), target, root);
                    });
    const double over = distance == StyleDistance::gatys          ? 4 * C * C
                        : distance == StyleDistance::neural_style ? C * C * C * C
                        : distance == StyleDistance::channels     ? C * C
                                                                  : squares_of(target.gram);
    require(over > 0, "{}: the style is 0 everywhere, which has no distance to compare with", layer);
    return cost("style", layer, target, {gram_sums}, channels * channels, [=](Var mine) {
        return scale(sum_squares(subtract(mine, reshape(leaf_like(mine, target.gram), mine.shape()))), 1 / over);
    });
}

Objective mean_distance(const std::string& layer, const Style& target) {
    return cost("style mean", layer, target, {mean_sums}, target.mean.shape()[0],
                [=](Var mine) { return scale(squares_between(mine, target.mean), 1 / (2 * channels_of(target))); });
}

Objective content_distance(const std::string& layer, const Tensor& target, ContentDistance distance) {
    std::vector<std::string> reads;
    if (layer != "picture" && layer != "input") reads.push_back(layer);
    return {{term_by_sums(fmt::format("content({})", layer), reads, {.sums = [=](const Scene& scene) {
                              Var x = wide(scene.unmasked(layer));
                              require(scene.whole_shape(layer) == target.shape(),
                                      "{}: was given a content of {}, expected {}", layer, to_string(target.shape()),
                                      to_string(scene.whole_shape(layer)));
                              Var difference = subtract(x, scene.beside(layer, x, target));
                              if (const std::optional<Var> mask = scene.mask(layer, x))
                                  difference = multiply(difference, *mask);
                              const double n = static_cast<double>(target.shape().size());
                              return scale(sum_squares(difference), distance == ContentDistance::gatys ? 0.5 : 1 / n);
                          }})}};
}

}  // namespace gradus
