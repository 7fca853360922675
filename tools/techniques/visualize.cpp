#include "tools/techniques/visualize.h"

#include <algorithm>

#include "engine/require.h"
#include "tools/image/tensor.h"

namespace gradus {
namespace {

Tensor batch_of(const Search& search, std::size_t count) {
    std::vector<float> all;
    Shape shape;
    for (std::size_t n = 0; n < count; ++n) {
        const Image picture = search.picture(static_cast<int>(n));
        all.insert(all.end(), picture.rgb.begin(), picture.rgb.end());
        shape = {static_cast<std::int64_t>(count), picture.height, picture.width, 3};
    }
    return Tensor(shape, all);
}

}  // namespace

std::vector<Visualization> visualize(const Net& net, const VisualizeOptions& o, const PlanOptions& plans,
                                     const SearchWatcher& watch) {
    std::vector<Objective> objectives;
    for (const Unit& unit : o.units)
        objectives.push_back((o.minimize ? -objective_of(unit) : objective_of(unit)) + o.besides);
    Search search(net, std::move(objectives), o.height, o.width, o.search, plans);
    if (o.init)
        for (std::size_t n = 0; n < o.units.size(); ++n) search.start_from(static_cast<int>(n), *o.init);

    const auto read = [&] {
        return read_units(net, batch_of(search, o.units.size()), o.units, o.search.activations, plans);
    };
    const std::vector<UnitReading> before = read();
    if (!o.from.empty()) search.restore(o.from);
    std::vector<SearchResult> results = search.run(watch);
    const std::vector<UnitReading> after = read();
    std::vector<Visualization> all;
    for (std::size_t n = 0; n < results.size(); ++n) all.push_back({std::move(results[n]), before[n], after[n]});
    return all;
}

}  // namespace gradus
