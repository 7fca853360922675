#include "tools/search/transform.h"

#include <algorithm>
#include <cmath>

#include "engine/require.h"
#include "ops/affine_matrix.h"
#include "ops/affine_sample.h"
#include "ops/lookup.h"
#include "ops/pointwise.h"
#include "ops/random.h"
#include "ops/roll.h"

namespace gradus {
namespace {

RandomKey key(const std::string& stream, const Draw& draw) {
    return {.stream = stream, .seed = draw.seed, .step = draw.step, .item = draw.item};
}

/// One of the entries of a list, each as likely as the others.
Var one_of(const std::vector<float>& list, const std::string& stream, const Draw& draw) {
    const auto n = static_cast<std::int32_t>(list.size());
    return lookup(draw.step.graph->leaf(Tensor(Shape{n}, list)), random_int({1}, key(stream, draw), 0, n));
}

std::vector<float> angles(const RobustOptions& o) {
    std::vector<float> all(static_cast<std::size_t>(o.upright), 0.0f);
    for (int degrees = -o.most_degrees; degrees <= o.most_degrees; ++degrees)
        all.push_back(static_cast<float>(degrees));
    return all;
}

/// Rows and columns, each up to half of `reach` either way.
Var shift_within(float reach, const std::string& stream, const Draw& draw) {
    if (reach == 0) return draw.step.graph->leaf(Tensor(Shape{1, 2}, {0.0f, 0.0f}));
    return random_uniform({1, 2}, key(stream, draw), -reach / 2, reach / 2);
}

}  // namespace

Transform jitter(int reach) {
    return {
        fmt::format("jitter {}", reach), [reach](Var x, const Draw& draw) {
            const int most = std::min({reach, static_cast<int>(x.shape()[1]) - 1, static_cast<int>(x.shape()[2]) - 1});
            return most < 1 ? x : roll(x, random_int({2}, key("jitter", draw), -most, most + 1));
        }};
}

Transform robust(const RobustOptions& o) {
    require(
        !o.scales.empty() && o.most_degrees >= 0 && o.upright >= 0,
        "robust: was given {} scales, {} degrees and {} upright, expected at least one scale and no negative number",
        o.scales.size(), o.most_degrees, o.upright);
    for (const float reach : {o.first_jitter, o.last_jitter})
        require(reach >= 0 && std::isfinite(reach), "robust: was given a shift of {} pixels, expected 0 or more",
                reach);
    return {"robust", [o](Var x, const Draw& draw) {
                const auto height = static_cast<int>(x.shape()[1]), width = static_cast<int>(x.shape()[2]);
                Var shift = add(shift_within(o.first_jitter, "first shift", draw),
                                shift_within(o.last_jitter, "last shift", draw));
                Var matrix = affine_matrix(one_of(angles(o), "degrees", draw), one_of(o.scales, "scale", draw), shift,
                                           height, width, height, width);
                return affine_sample(x, matrix, height, width,
                                     {.border = PadMode::zero, .fill = draw.of_mask ? 0 : o.fill});
            }};
}

}  // namespace gradus
