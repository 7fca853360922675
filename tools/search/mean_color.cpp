#include "tools/search/mean_color.h"

namespace gradus {

std::array<float, 3> mean_color(const Net& net) {
    const Preprocessing& in = net.table().input;
    if (!in.mean_picture.empty()) {
        const Tensor each = net.weights().tensor(in.mean_picture, {1, 1, in.size, in.size});
        double sum = 0;
        for (const float v : each.values<float>()) sum += static_cast<double>(v);
        const auto gray = static_cast<float>(sum / static_cast<double>(each.shape().size()) / 255);
        return {gray, gray, gray};
    }
    std::array<float, 3> color;
    color.fill(in.mean.empty() ? 0.5f : in.mean[0] / 255);
    for (std::size_t k = 0; k < in.mean.size() && in.mean.size() == 3; ++k)
        color[static_cast<std::size_t>(in.from[k])] = in.mean[k] / 255;
    return color;
}

}  // namespace gradus
