#pragma once
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "tools/report/report_page.h"
#include "tools/techniques/net_picture.h"
#include "tools/techniques/saliency.h"

namespace gradus {

/// How a map is drawn.
struct MapLook {
    float share = 0.5f;         // of the map over the photograph
    bool map_only = false;      // without the photograph
    std::string show = "auto";  // heat, signed, or auto
};

/// A picture to write, and what there is to say about it, a line each; for a report, what the picture is made of.
struct SaliencyView {
    Image picture = {};
    std::vector<std::string> notes = {};
    std::vector<ReportPicture> parts = {};                     // without the photograph
    std::vector<std::pair<std::string, double>> timings = {};  // what took how many seconds
};

/// Called as NetRun::watch is, by the methods that take many samples.
using MethodWatcher = std::function<void(const std::string& method, int taken, int samples)>;

/// The map of one method over the photograph in its own size; alone, it has the size that the net sees.
SaliencyView view_of(const NetRun& run, const Unit& unit, const NetPicture& picture, const std::string& method,
                     const SaliencyOptions& options, const MapLook& look, const MethodWatcher& watch = {});

/// The photograph and the maps of all methods side by side, at the size that the net sees. A method that cannot be is
/// left out, and a note says why.
SaliencyView view_of_all(const NetRun& run, const Unit& unit, const std::string& title, const NetPicture& picture,
                         const SaliencyOptions& options, const MapLook& look, const MethodWatcher& watch = {});

/// The gradient of the unit over the photograph, within the box that the unit can see.
SaliencyView view_of_receptive_field(const NetRun& run, const Unit& unit, const NetPicture& picture,
                                     const MapLook& look);

/// The parts of these pictures that excite the unit most. A file that cannot be read is named on stderr and skipped.
///
/// optimized  where given: makes a picture of so many pixels a side that excites the unit, which goes before them
/// throws     where none can be read
SaliencyView view_of_patches(const NetRun& run, const Unit& unit, const std::string& title,
                             const std::vector<std::filesystem::path>& files, int top,
                             const std::function<Image(int side)>& optimized = {});

}  // namespace gradus
