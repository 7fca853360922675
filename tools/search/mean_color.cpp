#include "tools/search/mean_color.h"

namespace gradus {

std::array<float, 3> mean_color(const Net& net) {
    const Preprocessing& input = net.table().input;
    std::array<float, 3> color{0.5f, 0.5f, 0.5f};
    for (std::size_t c = 0; c < input.from.size() && c < input.mean.size(); ++c)
        color[static_cast<std::size_t>(input.from[c])] = input.mean[c] / 255;
    return color;
}

}  // namespace gradus
