#include "tools/cli/saliency_views.h"

#include <fmt/format.h>

#include <chrono>
#include <cmath>

#include "engine/require.h"
#include "tools/image/heat.h"
#include "tools/image/sheet.h"
#include "tools/image/tensor.h"
#include "tools/techniques/receptive_field.h"
#include "tools/techniques/top_patches.h"
#include "tools/tell.h"

namespace gradus {
namespace {

/// Counts the seconds since it was made.
class Clock {
public:
    double seconds() const { return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count(); }

private:
    std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

bool shown_signed(SaliencyMethod method, const MapLook& look) {
    if (look.show != "auto") return look.show == "signed";
    return method == SaliencyMethod::guided_backprop || method == SaliencyMethod::deconvnet ||
           method == SaliencyMethod::guided_grad_cam;
}

Image drawn(const Tensor& map, bool is_signed, const MapLook& look, const Image& photo) {
    if (is_signed) return signed_picture(map);
    return look.map_only ? heat_picture(heat_of(map)) : overlay(photo, heat_of(map), look.share);
}

/// The map of a method, which joins what the view says of it and of how long it took.
Tensor map_for(SaliencyView& view, NetRun run, const Unit& unit, const NetPicture& picture, const std::string& method,
               const SaliencyOptions& options, const MethodWatcher& watch) {
    if (watch) run.watch = [&](int taken, int samples) { watch(method, taken, samples); };
    const Clock clock;
    const SaliencyMap map = saliency_map(run, unit, picture.pixels, saliency_method(method), options);
    view.timings.push_back({method, clock.seconds()});
    if (!map.note.empty()) view.notes.push_back(fmt::format("{}: {}", method, map.note));
    return map.values;
}

/// A box in pixels of a picture, in those of the same picture at another size.
PixelBox scaled(const PixelBox& box, double factor) {
    const auto at = [&](int pixel) { return static_cast<int>(std::lround(pixel * factor)); };
    return {at(box.top), at(box.left), at(box.bottom), at(box.right)};
}

}  // namespace

SaliencyView view_of(const NetRun& run, const Unit& unit, const NetPicture& picture, const std::string& method,
                     const SaliencyOptions& options, const MapLook& look, const MethodWatcher& watch) {
    SaliencyView view;
    const Tensor map = map_for(view, run, unit, picture, method, options, watch);
    view.picture = drawn(map, shown_signed(saliency_method(method), look), look, picture.shown);
    view.parts.push_back({view.picture, method});
    return view;
}

SaliencyView view_of_all(const NetRun& run, const Unit& unit, const std::string& title, const NetPicture& picture,
                         const SaliencyOptions& options, const MapLook& look, const MethodWatcher& watch) {
    constexpr int smallest_map = 200;  // so that labels fit under those of small nets
    const Image photo = image_of(picture.pixels);
    std::vector<SheetTile> tiles{{photo, "photograph"}};
    SaliencyView view;
    for (const std::string& method : saliency_methods()) {
        try {
            const Tensor map = map_for(view, run, unit, picture, method, options, watch);
            view.parts.push_back({drawn(map, shown_signed(saliency_method(method), look), look, photo), method});
            tiles.push_back({view.parts.back().picture, method});
        } catch (const Error& error) {
            view.notes.push_back(fmt::format("left out, {}", error.what()));
        }
    }
    view.picture = contact_sheet(
        tiles, {.columns = 5, .smallest = smallest_map, .title = fmt::format("{}: {}", run.net.name(), title)});
    return view;
}

SaliencyView view_of_receptive_field(const NetRun& run, const Unit& unit, const NetPicture& picture,
                                     const MapLook& look) {
    constexpr std::array<float, 3> white{1, 1, 1};
    const Clock clock;
    const ReceptiveField field = receptive_field(run, unit, picture.pixels);
    const Image photo = look.map_only ? image_of(picture.pixels) : picture.shown;
    SaliencyView view{.picture = drawn(field.gradient, look.show == "signed", look, photo)};
    const double factor = view.picture.height / static_cast<double>(picture.pixels.shape()[1]);
    const int thick = std::max(1, std::min(view.picture.width, view.picture.height) / 150);
    outline(view.picture, scaled(field.box, factor), thick, white);
    view.parts.push_back({view.picture, "receptive field"});
    view.timings.push_back({"receptive field", clock.seconds()});
    const PixelBox& b = field.box;
    view.notes.push_back(fmt::format("{} can see rows {} to {} and columns {} to {} of {} x {} pixels", to_string(unit),
                                     b.top, b.bottom - 1, b.left, b.right - 1, picture.pixels.shape()[2],
                                     picture.pixels.shape()[1]));
    view.notes.push_back(fmt::format(
        "half of its gradient's energy lies within {0} x {0} pixels around the middle, nine tenths within {1} x {1}",
        field.half, field.nine_tenths));
    return view;
}

SaliencyView view_of_patches(const NetRun& run, const Unit& unit, const std::string& title,
                             const std::vector<std::filesystem::path>& files, int top,
                             const std::function<Image(int side)>& optimized) {
    constexpr int smallest_tile = 112, smallest_optimized = 64;
    SaliencyView view;
    const Clock clock;
    TopPatches search(run, unit, top);
    for (const std::filesystem::path& file : files) {
        try {
            search.look_at(file.filename().string(), load_image(file));
        } catch (const Error& error) {
            tell("gradus: skipped: {}\n", error.what());
        }
    }
    require(!search.patches().empty(), "saliency: none of {} pictures could be read", files.size());
    view.timings.push_back({fmt::format("{} pictures", files.size()), clock.seconds()});
    std::vector<SheetTile> tiles;
    if (optimized) {
        const Clock clock_of_search;
        tiles.push_back({optimized(std::max(smallest_optimized, search.patches()[0].part.width)), "optimized"});
        view.parts.push_back({tiles.back().picture, "optimized"});
        view.timings.push_back({"optimized", clock_of_search.seconds()});
    }
    for (const Patch& patch : search.patches()) {
        tiles.push_back({patch.part, fmt::format("{:.1f} {}", patch.activation, patch.name)});
        view.parts.push_back({patch.part, fmt::format("{}: {:.5g} at {},{}", patch.name, patch.activation,
                                                      patch.unit.row, patch.unit.column)});
    }
    const int columns = static_cast<int>(std::ceil(std::sqrt(static_cast<double>(tiles.size()))));
    view.picture = contact_sheet(
        tiles, {.columns = columns, .smallest = smallest_tile, .title = fmt::format("{}: {}", run.net.name(), title)});
    return view;
}

}  // namespace gradus
