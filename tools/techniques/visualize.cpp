#include "tools/techniques/visualize.h"

#include <algorithm>

#include "engine/require.h"
#include "tools/image/original_colors.h"

namespace gradus {
namespace {

Tensor batch_of(const std::vector<Image>& pictures) {
    std::vector<float> all;
    for (const Image& picture : pictures) all.insert(all.end(), picture.rgb.begin(), picture.rgb.end());
    return Tensor(Shape{static_cast<std::int64_t>(pictures.size()), pictures[0].height, pictures[0].width, 3}, all);
}

}  // namespace

std::vector<Visualization> visualize(const Net& net, const VisualizeOptions& o, const PlanOptions& plans,
                                     const SearchWatcher& watch) {
    require(!o.original_colors || o.init, "visualize: was asked for original colors without a picture to start from");
    std::vector<Objective> objectives;
    for (const Unit& unit : o.units)
        objectives.push_back((o.minimize ? -objective_of(unit) : objective_of(unit)) + o.besides);
    Search search(net, std::move(objectives), o.height, o.width, o.search, plans);
    if (o.init)
        for (std::size_t n = 0; n < o.units.size(); ++n) search.start_from(static_cast<int>(n), *o.init);

    std::vector<Image> pictures;
    for (std::size_t n = 0; n < o.units.size(); ++n) pictures.push_back(search.picture(static_cast<int>(n)));
    const auto read = [&] { return read_units(net, batch_of(pictures), o.units, o.search.activations, plans); };
    const std::vector<UnitReading> before = read();
    if (!o.from.empty()) search.restore(o.from);
    std::vector<SearchResult> results = search.run(watch);
    for (std::size_t n = 0; n < results.size(); ++n) {
        if (o.original_colors) results[n].picture = with_colors_of(results[n].picture, *o.init);
        pictures[n] = results[n].picture;
    }
    const std::vector<UnitReading> after = read();  // of what is shown
    std::vector<Visualization> all;
    for (std::size_t n = 0; n < results.size(); ++n) all.push_back({std::move(results[n]), before[n], after[n]});
    return all;
}

}  // namespace gradus
