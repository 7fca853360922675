#include "tools/techniques/texture.h"

#include <algorithm>
#include <cmath>

#include "engine/require.h"
#include "nets/form.h"
#include "tools/image/match_colors.h"
#include "tools/image/resized.h"
#include "tools/techniques/style_stages.h"

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

/// So many pixels halved so often, to a multiple of `unit`.
int shrunk(int full, int halvings, int unit) {
    return std::max(1, static_cast<int>(std::lround(std::ldexp(full, -halvings) / unit))) * unit;
}

bool is_gray(const Image& picture) {
    constexpr float nearly = 1.5f / 255;
    for (std::size_t i = 0; i < picture.rgb.size(); i += 3)
        if (std::abs(picture.rgb[i] - picture.rgb[i + 1]) > nearly ||
            std::abs(picture.rgb[i + 1] - picture.rgb[i + 2]) > nearly)
            return false;
    return true;
}

/// The mean of the three colors. Statistics of layers leave a tint open that no single place of a gray sample has.
Image in_gray(Image picture) {
    for (std::size_t i = 0; i < picture.rgb.size(); i += 3) {
        const float mean = (picture.rgb[i] + picture.rgb[i + 1] + picture.rgb[i + 2]) / 3;
        std::fill_n(picture.rgb.begin() + static_cast<std::ptrdiff_t>(i), 3, mean);
    }
    return picture;
}

Image inverted(Image mask) {
    for (float& value : mask.rgb) value = 1 - value;
    return mask;
}

}  // namespace

StyleResult texture(const Net& net, const Image& sample, const TextureOptions& o, const PlanOptions& plans,
                    const StyleWatcher& watch) {
    require(o.levels >= 1, "texture: was given {} levels, expected at least one", o.levels);
    const Net made_by = o.tileable ? with_table(net, without_edges(net.table())) : net;
    const int stride = o.tileable ? whole_stride(net.table(), names_of(o.style.style_layers)) : 1;
    const int height = o.height > 0 && !o.fill ? o.height : sample.height,
              width = o.width > 0 && !o.fill ? o.width : sample.width;
    StyleOptions style = o.style;
    style.content_weight = 0;
    style.style_scale = 1;
    style.sizes.clear();  // of the sample
    for (int level = 0; level < o.levels; ++level)
        style.sizes.push_back(shrunk(std::max(sample.height, sample.width), o.levels - 1 - level, 1));

    const auto stage = [&](std::size_t i) -> StyleStage {
        const int halvings = o.levels - 1 - static_cast<int>(i), h = shrunk(height, halvings, stride),
                  w = shrunk(width, halvings, stride);
        const Image small = with_longer_side(sample, style.sizes[i], plans.threads);
        const auto [middle, deviation] = color_of(small);
        StyleOptions here = style;
        here.middle = middle;
        here.noise = 255 * deviation;
        std::optional<Image> known;
        if (o.fill) {
            known = inverted(*o.fill);
            here.search.mask = o.fill;
            here.search.around = resized(sample, h, w, ResizeKind::antialias, plans.threads);
        }
        PlanOptions own = plans;
        if (!own.arena) own.arena = std::make_shared<Arena>(*own.device);
        const StyleTargets targets =
            style_targets(net, {}, style.sizes[i], {{.picture = small, .part = known}}, here, own);
        return {.search = style_search(made_by, targets, h, w, here, i, own),
                .height = h,
                .width = w,
                .finished =
                    [&o, &sample, gray = is_gray(sample)](const Image& made) {
                        const Image shown = gray && !o.fill ? in_gray(made) : made;
                        return o.histogram && !o.fill ? with_histogram_of(shown, sample) : shown;
                    },
                .tile = o.tileable};
    };
    return run_stages(style, stage, plans, watch);
}

}  // namespace gradus
