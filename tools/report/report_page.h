#pragma once
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "tools/image/image.h"
#include "tools/report/plot.h"

namespace gradus {

struct ReportPicture {
    Image picture = {};
    std::string caption = {};
};

/// What a run was asked, what came of it, and how: a page for a browser. Parts without content are left out.
struct ReportPage {
    std::string title = {};
    std::string command = {};                                  // as it would be typed
    std::vector<ReportPicture> pictures = {};                  // at their full size, as PNG
    std::vector<Plot> plots = {};                              // the objective and its terms
    Recipe settings = {};                                      // what is called what
    std::vector<std::pair<std::string, double>> timings = {};  // what took how many seconds
};

/// The page as one file of HTML that needs no other and runs no script; light or dark as the reader's system is. Texts
/// may come from anybody: they are escaped, and the page forbids itself to load anything.
///
/// cost      4/3 bytes for a byte of the pictures as PNG, all of it in memory at once
/// throws    for a picture that could not be saved either
std::string html_of(const ReportPage& page);

/// Whether a report can be written to this file, asked before a long run.
///
/// throws    for a name that ends in neither .html nor .htm, and where OutputFile does
void check_report(const std::filesystem::path& path);

/// Writes the file whole or not at all.
void save_report(const std::filesystem::path& path, const ReportPage& page);

}  // namespace gradus
