#include "tools/search/tiling.h"

#include <algorithm>
#include <cmath>

#include "engine/require.h"
#include "nets/above.h"
#include "tools/search/mask.h"

namespace gradus {
namespace {

/// How far a band's window reaches past the band itself, to each side, and where it may begin.
struct Halo {
    int before = 0, after = 0, stride = 1;
};

/// The value i of a layer sees the pixels from start + i stride to start + i stride + field - 1.
Halo halo_of(const std::map<std::string, LayerFacts>& layers) {
    Halo halo;
    for (const auto& [name, f] : layers) {
        halo.stride = std::max(halo.stride, f.stride);
        halo.before = std::max(halo.before, -f.start);
        halo.after = std::max(halo.after, f.start + f.receptive_field - f.stride);
    }
    return halo;
}

int rounded_up(int n, int unit) { return (n + unit - 1) / unit * unit; }

/// Bands with windows of this size, one after the other. The window's own edges are seen as edges of a picture: what
/// lies further in than a halo cannot tell. At the picture's edges a window needs no halo.
std::vector<Band> bands_of(int extent, int window, const Halo& halo) {
    const int before = rounded_up(halo.before, halo.stride);
    std::vector<Band> all;
    for (int from = 0; from < extent; from = all.back().own.to) {
        const int first = std::clamp(from - before, 0, extent - window), end = first + window;
        all.push_back({{from, end == extent ? extent : (end - halo.after) / halo.stride * halo.stride}, {first, end}});
        if (all.back().own.size() <= 0) return {};
    }
    return all;
}

/// All windows are of one size, so that every layer has one shape, and one kernel with one form of its filters. They
/// begin on multiples of the stride, the last of them, too.
std::vector<Band> bands(int extent, int count, const Halo& halo) {
    const int overlap = rounded_up(halo.before, halo.stride) + halo.after;
    const int least = (extent + (count - 1) * overlap + count - 1) / count;
    for (int window = rounded_up(std::max(0, least - extent % halo.stride), halo.stride) + extent % halo.stride;
         window < extent; window += halo.stride) {
        std::vector<Band> all = bands_of(extent, window, halo);
        if (!all.empty() && static_cast<int>(all.size()) <= count) return all;
    }
    return {{{0, extent}, {0, extent}}};
}

/// From one band to as many as make sense, in steps of a tenth at least.
std::vector<int> band_counts(int extent) {
    std::vector<int> counts;
    for (int n = 1; n <= std::max(1, extent / 32); n += 1 + n / 8) counts.push_back(n);
    return counts;
}

double largest_window(const Tiling& tiling) {
    const auto longest = [](const std::vector<Band>& bands) {
        int most = 0;
        for (const Band& band : bands) most = std::max(most, band.window.size());
        return most;
    };
    return static_cast<double>(longest(tiling.rows)) * longest(tiling.columns);
}

}  // namespace

Tensor WholeMasks::of(const Image& mask, const Shape& shape, DType dtype) {
    const Shape one{1, shape[1], shape[2], 1};
    const std::string_view bytes(reinterpret_cast<const char*>(mask.rgb.data()), mask.rgb.size() * sizeof(float));
    const std::string key = fmt::format("{} {}x{} {} {}", std::hash<std::string_view>{}(bytes), mask.width, mask.height,
                                        to_string(one), to_string(dtype));
    Tensor& made = made_[key];
    if (!made) made = mask_for(mask, one, dtype);
    return made;
}

std::size_t WholeMasks::bytes() const {
    std::size_t all = 0;
    for (const auto& [key, mask] : made_) all += mask.spec().bytes();
    return all;
}

double Tiling::work() const {
    double down = 0, across = 0;
    for (const Band& band : rows) down += band.window.size();
    for (const Band& band : columns) across += band.window.size();
    return down * across / (static_cast<double>(height) * width);
}

Tiling tiling(const NetTable& table, const std::vector<std::string>& layers, int height, int width, int rows,
              int columns) {
    Tiling made;
    made.height = height;
    made.width = width;
    std::vector<std::string> of_net = layers;
    std::erase_if(of_net, [](const std::string& layer) { return layer == "picture" || layer == "input"; });
    // Of the others, which may not fit a small picture, nothing is asked.
    for (LayerFacts& facts : describe(only_above(table, of_net), height, width))
        if (std::ranges::find(of_net, facts.name) != of_net.end()) made.layers[facts.name] = facts;
    return cut(std::move(made), rows, columns);
}

Tiling cut(Tiling tiling, int rows, int columns) {
    for (const auto& [name, facts] : tiling.layers)
        require(facts.stride > 0 || (rows == 1 && columns == 1),
                "{}: sees the whole picture at once, so it cannot be looked at in parts; expected a layer that has "
                "places",
                name);
    const Halo halo = halo_of(tiling.layers);
    tiling.rows = bands(tiling.height, rows, halo);
    tiling.columns = bands(tiling.width, columns, halo);
    return tiling;
}

std::optional<Tiling> cut_within(const Tiling& tiling, std::size_t memory,
                                 const std::function<std::size_t(const Tiling&)>& bytes) {
    std::vector<Tiling> all;
    const bool places = std::ranges::all_of(tiling.layers, [](const auto& layer) { return layer.second.stride > 0; });
    for (const int rows : band_counts(places ? tiling.height : 1))
        for (const int columns : band_counts(places ? tiling.width : 1)) all.push_back(cut(tiling, rows, columns));
    std::ranges::stable_sort(all, {}, &Tiling::work);
    // bytes = fixed + each * pixels of the largest window, from two of them.
    const auto near = [&](double pixels) {
        return *std::ranges::min_element(
            all, {}, [=](const Tiling& t) { return std::abs(std::log(largest_window(t) / pixels)); });
    };
    const Tiling small = near(256 * 256), large = near(512 * 512);
    const auto small_bytes = static_cast<double>(bytes(small)), large_bytes = static_cast<double>(bytes(large));
    const double apart = largest_window(large) - largest_window(small);
    const double each = apart > 0 ? (large_bytes - small_bytes) / apart : large_bytes / largest_window(large);
    const double fixed = small_bytes - each * largest_window(small);
    for (const Tiling& t : all)
        if (fixed + each * largest_window(t) <= 1.02 * static_cast<double>(memory) && bytes(t) <= memory) return t;
    return {};
}

Stretch own_values(const Band& band, const LayerFacts& layer, int picture_extent, int layer_extent) {
    if (layer.stride == 0) return {0, layer_extent};
    return {band.own.from / layer.stride, band.own.to == picture_extent ? layer_extent : band.own.to / layer.stride};
}

Stretch own_values_in_window(const Band& band, const LayerFacts& layer, int picture_extent, int layer_extent) {
    const Stretch own = own_values(band, layer, picture_extent, layer_extent);
    const int first = layer.stride == 0 ? 0 : band.window.from / layer.stride;
    return {own.from - first, own.to - first};
}

LayerFacts facts_of(const Tiling& tiling, std::string_view layer) {
    if (layer == "picture" || layer == "input")
        return {.name = std::string(layer),
                .shape = {1, tiling.height, tiling.width, 3},
                .receptive_field = 1,
                .stride = 1};
    return tiling.layers.at(std::string(layer));
}

}  // namespace gradus
