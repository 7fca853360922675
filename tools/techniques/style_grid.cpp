#include "tools/techniques/style_grid.h"

#include <algorithm>

#include "engine/require.h"
#include "tools/image/original_colors.h"
#include "tools/image/resized.h"

namespace gradus {

std::vector<std::vector<WeightedLayer>> growing(const std::vector<WeightedLayer>& layers) {
    std::vector<std::vector<WeightedLayer>> rows;
    for (std::size_t n = 1; n <= layers.size(); ++n)
        rows.push_back({layers.begin(), layers.begin() + static_cast<std::ptrdiff_t>(n)});
    return rows;
}

std::vector<StyleResult> style_grid(const Net& net, const Image& photo, const std::vector<StyleSource>& styles,
                                    const StyleOptions& o, const StyleGridOptions& grid, const PlanOptions& given,
                                    const std::function<bool(int, const SearchLook&)>& watch) {
    PlanOptions plans = given;
    if (!plans.arena) plans.arena = std::make_shared<Arena>(*plans.device);
    const Image content = with_longer_side(photo, o.sizes.back(), plans.threads);
    StyleOptions all = o;  // that every row needs
    all.style_layers.clear();
    for (const auto& row : grid.rows)
        for (const WeightedLayer& layer : row)
            if (std::ranges::find(all.style_layers, layer.name, &WeightedLayer::name) == all.style_layers.end())
                all.style_layers.push_back(layer);
    const StyleTargets targets = style_targets(net, content, o.sizes.back(), styles, all, plans);

    std::vector<StyleResult> cells;
    for (const auto& row : grid.rows)
        for (const double factor : grid.columns) {
            StyleOptions cell = o;
            cell.style_layers = row;
            cell.content_weight *= factor;
            cell.style_weight /= static_cast<double>(row.size());
            Search search = style_search(net, targets, content.height, content.width, cell, 0, plans);
            if (o.start == StyleStart::content) search.start_from(0, content);
            const auto number = static_cast<int>(cells.size());
            SearchResult end = search.run([&](const SearchLook& look) { return !watch || watch(number, look); })[0];
            const Image picture = o.original_colors ? with_colors_of(end.picture, content) : end.picture;
            cells.push_back({.picture = picture,
                             .curves = {losses(std::move(end.curves))},
                             .end = end.end,
                             .steps = end.steps,
                             .evaluations = end.evaluations});
            if (end.end == SearchEnd::stopped) return cells;
        }
    return cells;
}

}  // namespace gradus
