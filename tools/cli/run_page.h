#pragma once
#include "tools/report/report_page.h"

namespace gradus {

/// A page about a run: its recipe is the command and the settings; each curve is named after what it shows.
ReportPage run_page(const std::string& title, const Recipe& recipe, std::vector<ReportPicture> pictures,
                    std::vector<Plot> plots, double seconds);

}  // namespace gradus
