#include "tools/cli/run_page.h"

namespace gradus {

ReportPage run_page(const std::string& title, const Recipe& recipe, std::vector<ReportPicture> pictures,
                    std::vector<Plot> plots, double seconds) {
    ReportPage page{.title = title};
    for (const auto& setting : recipe) {
        if (setting.first == "gradus.command")
            page.command = setting.second;
        else
            page.settings.push_back(setting);
    }
    page.pictures = std::move(pictures);
    page.plots = std::move(plots);
    page.timings = {{"plans and steps", seconds}};
    return page;
}

}  // namespace gradus
