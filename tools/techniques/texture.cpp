#include "tools/techniques/texture.h"

#include <algorithm>
#include <cmath>

#include "engine/require.h"
#include "nets/form.h"
#include "tools/image/match_colors.h"
#include "tools/image/resized.h"

namespace gradus {
namespace {

/// Mean and standard deviation, of each color and of all.
std::pair<std::array<float, 3>, double> color_of(const Image& sample) {
    std::array<double, 3> mean = {};
    double squares = 0;
    const auto pixels = static_cast<double>(sample.rgb.size() / 3);
    for (std::size_t i = 0; i < sample.rgb.size(); ++i) mean[i % 3] += static_cast<double>(sample.rgb[i]) / pixels;
    for (std::size_t i = 0; i < sample.rgb.size(); ++i)
        squares += std::pow(static_cast<double>(sample.rgb[i]) - mean[i % 3], 2);
    return {{static_cast<float>(mean[0]), static_cast<float>(mean[1]), static_cast<float>(mean[2])},
            std::sqrt(squares / static_cast<double>(sample.rgb.size()))};
}

Image inverted(Image mask) {
    for (float& value : mask.rgb) value = 1 - value;
    return mask;
}

}  // namespace

StyleResult texture(const Net& net, const Image& sample, const TextureOptions& o, const PlanOptions& given,
                    const StyleWatcher& watch) {
    require(o.levels >= 1, "texture: was given {} levels, expected at least one", o.levels);
    const Net made_by = o.tileable ? with_table(net, without_edges(net.table())) : net;
    const int stride = o.tileable ? whole_stride(net.table(), names_of(o.style.style_layers)) : 1;
    const int height = o.height > 0 && !o.fill ? o.height : sample.height,
              width = o.width > 0 && !o.fill ? o.width : sample.width;
    const int steps = o.style.steps.at(0);
    StyleResult result;
    std::optional<Image> carried;
    for (int level = 0; level < o.levels && result.end != SearchEnd::stopped && result.end != SearchEnd::not_finite;
         ++level) {
        const double scale = std::pow(0.5, o.levels - 1 - level);
        const auto side = [&](int full, int unit) {
            return std::max(1, static_cast<int>(std::lround(full * scale / unit))) * unit;
        };
        const int h = side(height, stride), w = side(width, stride);
        const int longer = side(std::max(sample.height, sample.width), 1);
        const Image small = with_longer_side(sample, longer, given.threads);
        StyleOptions style = o.style;
        style.content_weight = 0;
        style.steps = {steps};
        const auto [middle, deviation] = color_of(small);
        style.middle = middle;
        style.noise = 255 * deviation;
        style.sizes.assign(static_cast<std::size_t>(o.levels), longer);
        style.style_scale = 1;
        std::optional<Image> known;
        if (o.fill) {
            known = inverted(*o.fill);
            style.search.mask = o.fill;
            style.search.around = resized(sample, h, w, ResizeKind::antialias, given.threads);
        }
        PlanOptions plans = given;
        if (!plans.arena) plans.arena = std::make_shared<Arena>(*plans.device);
        const StyleTargets targets = style_targets(net, {}, longer, {{.picture = small, .part = known}}, style, plans);
        Search search = style_search(made_by, targets, h, w, style, static_cast<std::size_t>(level), plans);
        if (carried) search.start_from(0, resized(*carried, h, w, ResizeKind::antialias, given.threads));
        if (static_cast<std::size_t>(level) < o.style.from.size())
            search.restore(o.style.from[static_cast<std::size_t>(level)]);
        const auto finished = [&](const Image& picture) {
            return o.histogram && !o.fill ? with_histogram_of(picture, sample) : picture;
        };
        const std::function<Image()> picture = [&] { return finished(search.picture(0)); };
        SearchResult end = search.run([&](const SearchLook& look) {
            return !watch || watch({level, o.levels, w, h, level * steps + look.done, o.levels * steps, picture, look});
        })[0];
        result.end = end.end;
        result.steps += end.steps;
        result.evaluations += end.evaluations;
        result.memory = search.memory();
        result.curves.push_back(losses(std::move(end.curves)));
        result.profile = std::move(end.profile);
        result.timed_runs = std::move(end.timed_runs);
        result.picture = finished(end.picture);
        carried = search.picture_without_mask(0);
    }
    return result;
}

}  // namespace gradus
