#include "tools/image/periodic.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "engine/plan.h"
#include "ops/real_dft.h"

namespace gradus {
namespace {

using Values = std::vector<float>;

/// A transform along both axes.
Values along_both(Var (*transform)(Var, int axis), const Values& x, const Image& like, int threads) {
    Graph g;
    const Var waves = g.leaf(Tensor(Shape{like.height, like.width, 3}, x));
    const Tensor y = value(transform(transform(waves, 0), 1), {.threads = threads});
    return {y.values<float>().begin(), y.values<float>().end()};
}

/// The Laplacian of each wave along an axis, as a multiple of it: 2 cos(2 pi k / n) - 2.
std::vector<double> curvatures(int n) {
    std::vector<double> all;
    for (const Wave& wave : real_dft_waves(n)) all.push_back(2 * std::cos(2 * std::numbers::pi * wave.periods / n) - 2);
    return all;
}

/// What the Laplacian of the smooth part is: the steps over the edges.
Values steps_of(const Image& u) {
    const auto h = static_cast<std::size_t>(u.height), w = static_cast<std::size_t>(u.width);
    Values v(u.rgb.size());
    const auto step = [&](std::size_t first, std::size_t last) {
        const float rise = u.rgb[last] - u.rgb[first];
        v[first] += rise;
        v[last] -= rise;
    };
    for (std::size_t i = 0; i < 3 * w; ++i) step(i, 3 * (h - 1) * w + i);
    for (std::size_t y = 0; y < h; ++y)
        for (std::size_t c = 0; c < 3; ++c) step(3 * y * w + c, 3 * (y * w + w - 1) + c);
    return v;
}

}  // namespace

Image periodic_part(const Image& u, int threads) {
    const auto w = static_cast<std::size_t>(u.width);
    Values waves = along_both(real_dft, steps_of(u), u, threads);
    const std::vector<double> down = curvatures(u.height), across = curvatures(u.width);
    for (std::size_t i = 0; i < waves.size(); ++i) {
        const double curvature = down[i / (3 * w)] + across[i / 3 % w];
        waves[i] = curvature == 0 ? 0 : static_cast<float>(static_cast<double>(waves[i]) / curvature);
    }
    const Values smooth = along_both(inverse_real_dft, waves, u, threads);
    Image rest{.width = u.width, .height = u.height, .rgb = u.rgb};
    for (std::size_t i = 0; i < smooth.size(); ++i) rest.rgb[i] = std::clamp(u.rgb[i] - smooth[i], 0.0f, 1.0f);
    return rest;
}

}  // namespace gradus
