#include "tools/techniques/style_stages.h"

#include <algorithm>

#include "tools/image/resized.h"

namespace gradus {
namespace {

/// Whether there is a next size: a search that found nothing better here may at another one.
bool goes_on(SearchEnd end) { return end != SearchEnd::stopped && end != SearchEnd::not_finite; }

}  // namespace

int steps_at(const StyleOptions& o, std::size_t stage) { return o.steps[std::min(stage, o.steps.size() - 1)]; }

int steps_of(const StyleOptions& o) {
    int all = 0;
    for (std::size_t i = 0; i < o.sizes.size(); ++i) all += steps_at(o, i);
    return all;
}

StyleResult run_stages(const StyleOptions& o, const std::function<StyleStage(std::size_t)>& make,
                       const PlanOptions& plans, const StyleWatcher& watch) {
    StyleResult result;
    int before = 0;
    std::optional<Image> carried;
    for (std::size_t i = 0; i < o.sizes.size() && goes_on(result.end); ++i) {
        StyleStage stage = make(i);
        Search& search = stage.search;
        if (carried && stage.tile)
            search.start_from(0, resized_tile(*carried, stage.height, stage.width, plans.threads));
        else if (carried)
            search.start_from(0, resized(*carried, stage.height, stage.width, ResizeKind::antialias, plans.threads));
        else if (stage.start)
            search.start_from(0, *stage.start);
        stage.start.reset();
        if (i < o.from.size()) search.restore(o.from[i]);
        const std::function<Image()> picture = [&] { return stage.finished(search.picture(0)); };
        SearchResult end = search.run([&](const SearchLook& look) {
            return !watch || watch({.size = static_cast<int>(i),
                                    .width = stage.width,
                                    .height = stage.height,
                                    .done = before + look.done,
                                    .parts = search.parts(),
                                    .history = search.history(),
                                    .picture = picture,
                                    .look = look});
        })[0];
        before += steps_at(o, i);
        result.end = end.end;
        result.steps += end.steps;
        result.evaluations += end.evaluations;
        result.memory = search.memory();
        result.curves.push_back(losses(std::move(end.curves)));
        result.profile = std::move(end.profile);
        result.timed_runs = std::move(end.timed_runs);
        result.picture = stage.finished(end.picture);
        carried = search.picture_without_mask(0);
    }
    return result;
}

}  // namespace gradus
