#include "tools/search/colors.h"

#include <algorithm>
#include <cmath>

namespace gradus {

std::array<std::array<double, 3>, 3> color_axes_inverse() {
    const auto& m = color_axes;
    const auto cofactor = [&](std::size_t r, std::size_t c) {
        const std::size_t r1 = (r + 1) % 3, r2 = (r + 2) % 3, c1 = (c + 1) % 3, c2 = (c + 2) % 3;
        return m[r1][c1] * m[r2][c2] - m[r1][c2] * m[r2][c1];
    };
    const double determinant = m[0][0] * cofactor(0, 0) + m[0][1] * cofactor(0, 1) + m[0][2] * cofactor(0, 2);
    std::array<std::array<double, 3>, 3> inverse{};
    for (std::size_t r = 0; r < 3; ++r)
        for (std::size_t c = 0; c < 3; ++c) inverse[r][c] = cofactor(c, r) / determinant;
    return inverse;
}

Tensor color_matrix(bool decorrelate) {
    std::vector<float> values;
    for (std::size_t from = 0; from < 3; ++from)
        for (std::size_t to = 0; to < 3; ++to)
            values.push_back(decorrelate ? static_cast<float>(color_axes[to][from]) : (from == to ? 1.0f : 0.0f));
    return Tensor(Shape{3, 3}, values);
}

std::vector<float> colors_before_sigmoid(const Image& image, bool decorrelate) {
    const auto back = color_axes_inverse();
    std::vector<float> result(image.rgb.size());
    for (std::size_t pixel = 0; pixel < result.size(); pixel += 3) {
        std::array<double, 3> logit{};
        for (std::size_t c = 0; c < 3; ++c) {
            const double p = std::clamp(static_cast<double>(image.rgb[pixel + c]), 1.0 / 512, 1 - 1.0 / 512);
            logit[c] = std::log(p / (1 - p));
        }
        for (std::size_t c = 0; c < 3; ++c) {
            const double along = back[c][0] * logit[0] + back[c][1] * logit[1] + back[c][2] * logit[2];
            result[pixel + c] = static_cast<float>(decorrelate ? along : logit[c]);
        }
    }
    return result;
}

}  // namespace gradus
