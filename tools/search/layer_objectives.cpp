#include "tools/search/layer_objectives.h"

#include <cmath>

#include "engine/require.h"
#include "ops/arithmetic.h"
#include "ops/best_match.h"
#include "ops/gram.h"
#include "ops/matmul.h"
#include "ops/pick.h"
#include "ops/pointwise.h"
#include "ops/reduce.h"
#include "ops/reshape.h"
#include "ops/slice.h"
#include "ops/slice_channels.h"
#include "tools/search/like.h"

namespace gradus {
namespace {

Objective of_scene(std::string name, const std::string& layer, std::function<Var(const Scene&)> value) {
    std::vector<std::string> reads;
    if (layer != "picture" && layer != "input") reads.push_back(layer);
    return {{{.name = std::move(name), .value = std::move(value), .layers = reads}}};
}

Objective of_layer(std::string name, const std::string& layer, std::function<Var(Var)> value) {
    return of_scene(std::move(name), layer,
                    [layer, value = std::move(value)](const Scene& scene) { return value(scene.layer(layer)); });
}

double whole_count(const Scene& scene, const std::string& layer) {
    return static_cast<double>(scene.whole_shape(layer).size());
}

/// A value that is a sum over the layer's places.
Objective of_places(std::string name, const std::string& layer, std::function<Var(const Scene&, Var)> sum) {
    std::vector<std::string> reads;
    if (layer != "picture" && layer != "input") reads.push_back(layer);
    return {{term_by_sums(std::move(name), reads, {.sums = [layer, sum = std::move(sum)](const Scene& scene) {
                              return sum(scene, scene.layer(layer));
                          }})}};
}

void require_channel(const std::string& layer, int channel, Var x) {
    require(channel >= 0 && channel < x.shape().channels(), "{}: there is no channel {}, expected 0 to {}", layer,
            channel, x.shape().channels() - 1);
}

/// A target for a layer of the shape that it was made for.
Var target_like(const std::string& layer, const Tensor& target, Var x) {
    require(target.shape() == x.shape(), "{}: was given a target of {}, expected {}", layer, to_string(target.shape()),
            to_string(x.shape()));
    return leaf_like(x, target);
}

/// The sum of (where target)^2; where is 1 unless it is given.
double squares_of(const Tensor& target, const std::optional<Tensor>& where) {
    const Tensor t = target.to(DType::f32), w = where ? where->to(DType::f32) : t;
    double sum = 0;
    for (std::size_t i = 0; i < t.values<float>().size(); ++i) {
        const double v =
            static_cast<double>(t.values<float>()[i]) * (where ? static_cast<double>(w.values<float>()[i]) : 1.0);
        sum += v * v;
    }
    return sum;
}

/// The mean of x.v max(0.1, cos)^power, v (C).
Var mean_along(Var x, const Tensor& v, double power) {
    const std::int64_t channels = x.shape().channels(), places = x.shape().pixels();
    Var rows = reshape(wide(x), {places, channels});
    const Tensor column = v.to(DType::f32);
    Var along = matmul(rows, reshape(leaf_like(rows, column), {channels, 1}));
    if (power == 0) return mean(along);
    double square = 0;
    for (const float component : column.values<float>()) square += static_cast<double>(component) * component;
    const std::vector<float> ones(static_cast<std::size_t>(channels), 1.0f);
    Var squares = matmul(multiply(rows, rows), leaf_like(rows, Tensor(Shape{channels, 1}, ones)));
    const std::vector<float> little(static_cast<std::size_t>(places), 1e-8f);
    Var length = scale(sqrt(add(squares, leaf_like(rows, Tensor(Shape{places, 1}, little)))), std::sqrt(square));
    Var cosine = clip(divide(along, length), 0.1, 1);
    return mean(multiply(along, pow(cosine, power)));
}

/// Minus the mean cosine between the Gram matrices of each two pictures of a batch; 0 for one picture.
Var mean_difference(Var batch) {
    const auto pictures = static_cast<int>(batch.shape()[0]);
    const std::int64_t channels = batch.shape().channels();
    Var grams = gram(wide(batch));
    std::vector<Var> unit;
    for (int n = 0; n < pictures; ++n) {
        Var one = reshape(slice(grams, 0, n, 1), {channels * channels});
        unit.push_back(divide(one, sqrt(add(sum_squares(one), number_like(one, 1e-20)))));
    }
    std::optional<Var> total;
    for (std::size_t i = 0; i < unit.size(); ++i)
        for (std::size_t j = 0; j < i; ++j) {
            Var cosine = dot(unit[i], unit[j]);
            total = total ? add(*total, cosine) : cosine;
        }
    return total ? scale(*total, -2.0 / (pictures * (pictures - 1.0))) : number_like(grams, 0);
}

}  // namespace

Objective energy(const std::string& layer) {
    return of_places(fmt::format("energy({})", layer), layer, [layer](const Scene& scene, Var x) {
        return scale(sum_squares(x), 0.5 / whole_count(scene, layer));
    });
}

Objective mean_of(const std::string& layer) {
    return of_places(fmt::format("mean({})", layer), layer,
                     [layer](const Scene& scene, Var x) { return scale(sum(x), 1 / whole_count(scene, layer)); });
}

Objective channel(const std::string& layer, int channel) {
    return of_places(fmt::format("channel({}, {})", layer, channel), layer,
                     [layer, channel](const Scene& scene, Var x) {
                         require_channel(layer, channel, x);
                         const double places = whole_count(scene, layer) / static_cast<double>(x.shape().channels());
                         return scale(sum(slice_channels(x, channel, 1)), 1 / places);
                     });
}

Objective neuron(const std::string& layer, int channel, int row, int column) {
    const std::string place = row < 0 ? "" : fmt::format(", {}, {}", row, column);
    return of_layer(fmt::format("neuron({}, {}{})", layer, channel, place), layer, [=](Var x) {
        require_channel(layer, channel, x);
        if (x.shape().rank() == 2) {
            require(row < 0 && column < 0, "{}: was given position {},{}, but has no places, only channels", layer, row,
                    column);
            return pick(x, {0, channel});
        }
        const auto height = static_cast<int>(x.shape()[1]), width = static_cast<int>(x.shape()[2]);
        require(row < height && column < width,
                "{}: there is no position {},{}, expected rows 0 to {} and columns 0 to {} at this size", layer, row,
                column, height - 1, width - 1);
        return pick(x, {0, row < 0 ? height / 2 : row, column < 0 ? width / 2 : column, channel});
    });
}

Objective direction(const std::string& layer, const Tensor& v, double power) {
    return of_layer(fmt::format("direction({})", layer), layer, [=](Var x) {
        require(v.shape() == Shape{x.shape().channels()}, "{}: was given a direction of {}, expected ({})", layer,
                to_string(v.shape()), x.shape().channels());
        return mean_along(x, v, power);
    });
}

Objective direction(const std::string& layer, const Direction& d, double power) {
    return of_layer(fmt::format("direction({}, {})", layer, d.name), layer,
                    [=](Var x) { return mean_along(x, vector_of(d, layer, x.shape().channels()), power); });
}

Objective nearness(const std::string& layer, const Tensor& target, const std::optional<Tensor>& where) {
    return of_scene(fmt::format("nearness({})", layer), layer, [=](const Scene& scene) {
        Var x = scene.unmasked(layer), there = target_like(layer, target, x);
        Var difference = subtract(x, there);
        if (where) {
            Var weight = target_like(layer, *where, x);
            difference = multiply(difference, weight);
            there = multiply(there, weight);
        }
        const double size = squares_of(target, where);
        require(size > 0, "{}: the target is 0 everywhere, which has no distance to compare with", layer);
        const std::optional<Var> mask = scene.mask(layer, x);
        if (!mask) return scale(sum_squares(difference), -1 / size);
        // A mask moves with the picture, so what it leaves of the target is another number at each step; a little more,
        // for where that is nothing.
        Var left = add(sum_squares(multiply(there, *mask)), number_like(there, 1e-20));
        return scale(divide(sum_squares(multiply(difference, *mask)), left), -1);
    });
}

Objective guided(const std::string& layer, const Tensor& guide) {
    return of_places(fmt::format("guided({})", layer), layer, [=](const Scene& scene, Var x) {
        return scale(dot(x, best_match(x, leaf_like(x, guide))), 1 / whole_count(scene, layer));
    });
}

Objective diversity(const std::string& layer) {
    return {{{.name = fmt::format("diversity({})", layer),
              .value =
                  [layer](const Scene& scene) {
                      // Of the whole batch at once, so recorded with its first picture only.
                      return scene.item() == 0 ? mean_difference(scene.whole_layer(layer))
                                               : number_like(wide(scene.whole_layer(layer)), 0);
                  },
              .layers = {layer},
              .regularizer = true,
              .takes_mask = false,
              .compares_pictures = true}}};
}

}  // namespace gradus
