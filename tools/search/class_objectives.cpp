#include <algorithm>

#include "engine/require.h"
#include "ops/arithmetic.h"
#include "ops/cross_entropy.h"
#include "ops/max_pool2d.h"
#include "ops/pick.h"
#include "ops/pointwise.h"
#include "ops/reshape.h"
#include "tools/search/layer_objectives.h"
#include "tools/search/like.h"

namespace gradus {
namespace {

/// What all nets call their last layer: that it is wanted makes the net record as far as the classifier.
const std::vector<std::string> classifier = {"prob"};

Objective of_class(std::string name, int index, std::function<Var(const Scene&)> value) {
    return {{{.name = std::move(name),
              .value =
                  [index, value = std::move(value)](const Scene& scene) {
                      const std::int64_t classes = scene.scores().shape().channels();
                      require(index >= 0 && index < classes, "there is no class {}, expected 0 to {}", index,
                              classes - 1);
                      return value(scene);
                  },
              .layers = classifier,
              .takes_mask = false}}};
}

/// The best score but that of `index`, (1): pools of pools, since windows hold 256 values at most.
Var largest_other(Var scores, int index) {
    const std::int64_t classes = scores.shape().channels();
    std::vector<float> offsets(static_cast<std::size_t>(classes), 0.0f);
    offsets[static_cast<std::size_t>(index)] = -1e30f;
    Var x = reshape(add(scores, leaf_like(scores, Tensor(scores.shape(), offsets))), {1, classes, 1, 1});
    while (x.shape()[1] > 1) {
        const int window = static_cast<int>(std::min<std::int64_t>(16, x.shape()[1]));
        x = max_pool2d(x, {.size = {window, 1}, .stride = {window, 1}, .ceil = true});
    }
    return reshape(x, {1});
}

}  // namespace

Objective class_score(int index) {
    return of_class(fmt::format("class({})", index), index, [index](const Scene& s) {
        return pick(s.scores(), {0, index});
    });
}

Objective class_probability(int index) {
    return of_class(fmt::format("probability({})", index), index, [index](const Scene& s) {
        return pick(s.probabilities(), {0, index});
    });
}

Objective log_probability(int index) {
    return of_class(fmt::format("log_probability({})", index), index, [index](const Scene& s) {
        Tensor label(Spec(Shape{1}, DType::i32));
        label.values_to_write<std::int32_t>()[0] = index;
        return scale(cross_entropy(s.scores(), s.graph().leaf(label)), -1);
    });
}

Objective margin(int index) {
    return of_class(fmt::format("margin({})", index), index, [index](const Scene& s) {
        Var scores = s.scores();
        require(scores.shape().channels() > 1, "margin: the net has one class, expected two or more");
        return subtract(pick(scores, {0, index}), largest_other(scores, index));
    });
}

}  // namespace gradus
