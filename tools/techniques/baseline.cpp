#include "tools/techniques/baseline.h"

#include <algorithm>

#include "ops/gaussian_blur.h"
#include "tools/search/mean_color.h"
#include "tools/techniques/values.h"

namespace gradus {
namespace {

/// A net that sees gray has one mean for all three colors, or one for each pixel.
Tensor mean_picture(const Shape& shape, const Net& net) {
    const Preprocessing& in = net.table().input;
    const std::array<float, 3> color = mean_color(net);
    Tensor each;
    if (!in.mean_picture.empty()) each = net.weights().tensor(in.mean_picture, {1, 1, in.size, in.size});
    Tensor picture{Spec(shape)};
    const auto to = picture.values_to_write<float>();
    for (std::size_t i = 0; i < to.size(); ++i) to[i] = each ? each.values<float>()[i / 3] / 255 : color[i % 3];
    return picture;
}

}  // namespace

Tensor baseline_of(const Tensor& picture, Baseline baseline, const Net& net, const PlanOptions& plans) {
    const Shape& shape = picture.shape();
    if (baseline == Baseline::mean) return mean_picture(shape, net);
    if (baseline == Baseline::black) return zeros(shape);
    const auto shorter = static_cast<float>(std::min(shape[1], shape[2]));
    const float sigma = std::max(1.0f, shorter / 20);
    Graph graph;
    return value(gaussian_blur(graph.leaf(picture), sigma, static_cast<int>(4 * sigma + 0.5f)), plans);
}

}  // namespace gradus
