#include "tools/cli/saliency_page.h"

#include <fmt/format.h>

#include "tools/cli/run_page.h"

namespace gradus {

std::string answer_of(const NetRun& run, const Unit& unit, const NetPicture& picture) {
    const UnitReading reading = read_units(run.net, picture.pixels, {unit}, run.activations, run.plans).front();
    if (!unit.is_class)
        return fmt::format("activation {:.5g}, rank {} of {} channels there", reading.activation, reading.rank,
                           reading.of);
    return fmt::format("score {:.5g}, probability {:.4f}, rank {} of {}", reading.activation, reading.probability,
                       reading.rank, reading.of);
}

ReportPage saliency_page(const std::string& file, const std::optional<NetPicture>& picture, const SaliencyView& view,
                         const std::string& asked, const Recipe& recipe, double seconds) {
    std::vector<ReportPicture> pictures;
    if (picture) pictures.push_back({picture->shown, file});
    for (const ReportPicture& part : view.parts)
        pictures.push_back({part.picture, picture ? fmt::format("{}: {}", part.caption, asked) : part.caption});
    ReportPage page = run_page(fmt::format("Saliency: {}", file), recipe, std::move(pictures), {}, seconds);
    page.settings.push_back({"gradus.asked", asked});
    page.timings.insert(page.timings.end(), view.timings.begin(), view.timings.end());
    return page;
}

}  // namespace gradus
