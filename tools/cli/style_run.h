#pragma once
#include <functional>
#include <string>
#include <vector>

#include "tools/cli/photos.h"
#include "tools/cli/progress.h"
#include "tools/cli/search_flags.h"
#include "tools/report/report_page.h"
#include "tools/search/checkpoint.h"
#include "tools/techniques/style.h"

namespace gradus {

/// A run of `style` or of `texture` over one photograph: what both do around the search.
struct StyleRun {
    const Command& command;
    const CommonOptions& common;
    const SearchFlags& search;
    const PictureFlags& out;
    const Net& net;
    const Photograph& photo;
    std::vector<std::string> unsaid;                       // options whose defaults the recipe leaves out
    std::vector<std::string> stages;                       // what each size is called: "512 pixels"
    std::vector<Stage> work;                               // of each
    std::function<std::vector<ReportPicture>()> pictures;  // for a report, before the result
    std::function<RunSettings()> settings;                 // that a checkpoint belongs to
    bool shows_photo = true;                               // the result has its tags and its transparency
};

/// Does the work, with progress, pictures on the way and checkpoints, then writes and tells what came of it. `work` is
/// given where a run before it stopped.
///
/// throws    what the work does; where the loss was not finite, after the last good picture is saved
void run_style(const StyleRun& run,
               const std::function<StyleResult(std::vector<SearchState> from, const StyleWatcher& watch)>& work);

}  // namespace gradus
