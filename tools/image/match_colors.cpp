#include "tools/image/match_colors.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace gradus {
namespace {

using Vector = std::array<double, 3>;
using Matrix = std::array<Vector, 3>;

std::vector<float> sorted_values(const Image& picture, std::size_t color) {
    std::vector<float> values;
    values.reserve(picture.rgb.size() / 3);
    for (std::size_t i = color; i < picture.rgb.size(); i += 3) values.push_back(picture.rgb[i]);
    std::sort(values.begin(), values.end());
    return values;
}

struct Statistics {
    Vector mean = {};
    Matrix covariance = {};
};

Statistics statistics_of(const Image& picture) {
    Statistics s;
    const auto n = static_cast<double>(picture.rgb.size() / 3);
    const auto value = [&](std::size_t i) { return static_cast<double>(picture.rgb[i]); };
    for (std::size_t i = 0; i < picture.rgb.size(); ++i) s.mean[i % 3] += value(i) / n;
    for (std::size_t p = 0; p < picture.rgb.size(); p += 3)
        for (std::size_t a = 0; a < 3; ++a)
            for (std::size_t b = 0; b < 3; ++b)
                s.covariance[a][b] += (value(p + a) - s.mean[a]) * (value(p + b) - s.mean[b]) / n;
    return s;
}

Matrix product(const Matrix& x, const Matrix& y) {
    Matrix z = {};
    for (std::size_t i = 0; i < 3; ++i)
        for (std::size_t j = 0; j < 3; ++j)
            for (std::size_t k = 0; k < 3; ++k) z[i][j] += x[i][k] * y[k][j];
    return z;
}

/// The symmetric matrix with its eigenvalues, and those near 0 or below set to a little, raised to a power. By Jacobi's
/// rotations.
Matrix powered(Matrix a, double power) {
    Matrix v = {{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}};
    for (int sweep = 0; sweep < 20; ++sweep)
        for (const auto& [p, q] : {std::pair<std::size_t, std::size_t>{0, 1}, {0, 2}, {1, 2}}) {
            if (a[p][q] == 0) continue;
            const double turn = 0.5 * std::atan2(2 * a[p][q], a[q][q] - a[p][p]), c = std::cos(turn),
                         s = std::sin(turn);
            Matrix rotation = {{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}};
            rotation[p][p] = rotation[q][q] = c;
            rotation[p][q] = s;
            rotation[q][p] = -s;
            Matrix back = rotation;
            std::swap(back[p][q], back[q][p]);
            a = product(product(back, a), rotation);
            v = product(v, rotation);
        }
    Matrix made = {};
    for (std::size_t i = 0; i < 3; ++i)
        for (std::size_t j = 0; j < 3; ++j)
            for (std::size_t k = 0; k < 3; ++k)
                made[i][j] += v[i][k] * std::pow(std::max(a[k][k], 1e-8), power) * v[j][k];
    return made;
}

}  // namespace

Image with_histogram_of(const Image& picture, const Image& colors) {
    Image matched = picture;
    for (std::size_t color = 0; color < 3; ++color) {
        const std::vector<float> own = sorted_values(picture, color), wanted = sorted_values(colors, color);
        for (std::size_t i = color; i < matched.rgb.size(); i += 3) {
            // Equal values become the mean of what their ranks would become.
            const auto [first, last] = std::equal_range(own.begin(), own.end(), picture.rgb[i]);
            const double rank = 0.5 * static_cast<double>((first - own.begin()) + (last - own.begin()) - 1);
            const double at = (rank + 0.5) / static_cast<double>(own.size()) * static_cast<double>(wanted.size()) - 0.5;
            const double kept = std::clamp(at, 0.0, static_cast<double>(wanted.size() - 1));
            const auto below = static_cast<std::size_t>(kept), above = std::min(below + 1, wanted.size() - 1);
            const auto part = static_cast<float>(kept - static_cast<double>(below));
            matched.rgb[i] = wanted[below] + part * (wanted[above] - wanted[below]);
        }
    }
    return matched;
}

Image with_color_statistics_of(const Image& picture, const Image& colors) {
    const Statistics own = statistics_of(picture), wanted = statistics_of(colors);
    const Matrix map = product(powered(wanted.covariance, 0.5), powered(own.covariance, -0.5));
    Image matched = picture;
    for (std::size_t p = 0; p < picture.rgb.size(); p += 3)
        for (std::size_t a = 0; a < 3; ++a) {
            double value = wanted.mean[a];
            for (std::size_t b = 0; b < 3; ++b)
                value += map[a][b] * (static_cast<double>(picture.rgb[p + b]) - own.mean[b]);
            matched.rgb[p + a] = static_cast<float>(std::clamp(value, 0.0, 1.0));
        }
    return matched;
}

}  // namespace gradus
