#include "tools/search/tile_runs.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <map>

#include "engine/require.h"
#include "ops/crop.h"
#include "ops/optimizer_step.h"
#include "tools/search/noise.h"

namespace gradus {
namespace {

/// Bands of the same key answer for the same places of their windows.
using Key = std::array<int, 3>;
Key key_of(const Band& band, int extent) {
    return {band.own.from - band.window.from, band.own.size(), band.own.to == extent};
}

/// A constant that lies beside a layer, of which a part's share is copied into a leaf.
struct Beside {
    LayerFacts layer;
    Tensor whole, share;
};

enum class Copy { out, add, paste };

/// Between a rectangle of the whole and the part, row by row.
template <class T>
void move_rows(const Tensor& whole, const Stretch& rows, const Stretch& columns, const Tensor& part, Copy copy) {
    const Shape& shape = whole.shape();
    const std::int64_t channels = shape.channels(), row = columns.size() * channels;
    require(part.shape() == Shape{1, rows.size(), columns.size(), channels} && part.dtype() == whole.dtype(),
            "parts: was given {}, expected {} rows and {} columns of {}", to_string(part.spec()), rows.size(),
            columns.size(), to_string(whole.spec()));
    Tensor to = copy == Copy::out ? part : whole;
    T* const written = to.values_to_write<T>().data();
    const T* const read = (copy == Copy::out ? whole : part).values<T>().data();
    for (int r = rows.from; r < rows.to; ++r) {
        const std::int64_t in_whole = (r * shape[2] + columns.from) * channels, in_part = (r - rows.from) * row;
        T* const into = written + (copy == Copy::out ? in_part : in_whole);
        const T* const from = read + (copy == Copy::out ? in_whole : in_part);
        if (copy == Copy::add)
            for (std::int64_t i = 0; i < row; ++i) into[i] += from[i];
        else
            std::memcpy(into, from, static_cast<std::size_t>(row) * sizeof(T));
    }
}

void move(const Tensor& whole, const Stretch& rows, const Stretch& columns, const Tensor& part, Copy copy) {
    if (whole.dtype() == DType::f64)
        move_rows<double>(whole, rows, columns, part, copy);
    else
        move_rows<float>(whole, rows, columns, part, copy);
}

}  // namespace

std::pair<Stretch, Stretch> own_places(const Tiling& tiling, const Tile& tile, const LayerFacts& layer) {
    return {own_values(tile.rows, layer, tiling.height, static_cast<int>(layer.shape[1])),
            own_values(tile.columns, layer, tiling.width, static_cast<int>(layer.shape[2]))};
}

void copy_part(const Tensor& whole, const Stretch& rows, const Stretch& columns, Tensor& part) {
    move(whole, rows, columns, part, Copy::out);
}
void add_part(const Tensor& part, const Stretch& rows, const Stretch& columns, Tensor& whole) {
    move(whole, rows, columns, part, Copy::add);
}
void paste_part(const Tensor& part, const Stretch& rows, const Stretch& columns, Tensor& whole) {
    move(whole, rows, columns, part, Copy::paste);
}

/// What is recorded for all parts that answer for the same places of their windows.
struct TileRuns::Places {
    Graph graph;
    std::vector<Beside> besides = {};
    std::vector<Var> outputs = {};
    std::unique_ptr<Plan> plan;
};

struct TileRuns::Parts {
    Tiling tiling;
    Tensor window;  // all of them are as large
    std::map<std::pair<Key, Key>, Places> places;
    PlanOptions plans;

    Places& places_of(const Tile& tile) {
        return places[{key_of(tile.rows, tiling.height), key_of(tile.columns, tiling.width)}];
    }

    /// What a scene needs to know to be the part that such a tile is.
    PartOfPicture part(Places& places_here, const Tile& tile) {
        const auto own_part = [this, tile](std::string_view name, Var x) {
            if (x.shape().rank() != 4) return x;
            const LayerFacts layer = facts_of(tiling, name);
            const auto extent = [&](std::size_t axis) { return static_cast<int>(layer.shape[axis]); };
            const Stretch down = own_values_in_window(tile.rows, layer, tiling.height, extent(1)),
                          across = own_values_in_window(tile.columns, layer, tiling.width, extent(2));
            if (down == Stretch{0, static_cast<int>(x.shape()[1])} &&
                across == Stretch{0, static_cast<int>(x.shape()[2])})
                return x;
            return crop(x, down.from, across.from, down.size(), across.size());
        };
        const auto beside = [this, &places_here, tile](std::string_view name, const Tensor& constant) {
            const LayerFacts layer = facts_of(tiling, name);
            const auto [down, across] = own_places(tiling, tile, layer);
            Tensor share =
                zeros(Spec(Shape{1, down.size(), across.size(), constant.shape().channels()}, constant.dtype()));
            places_here.besides.push_back({layer, constant, share});
            return places_here.graph.leaf(share, "beside");
        };
        return {.own = own_part,
                .whole = [this](std::string_view name) { return facts_of(tiling, name).shape; },
                .beside = beside,
                .mask =
                    [this, beside](std::string_view name, const Image& mask, DType dtype) {
                        return beside(name, tiling.masks->of(mask, facts_of(tiling, name).shape, dtype));
                    }};
    }
};

TileRuns::TileRuns(const Net& net, const Tiling& tiling, DType activations, DType pixels, const Record& record,
                   const PlanOptions& plans)
    : parts_(std::make_unique<Parts>(Parts{.tiling = tiling, .window = {}, .places = {}, .plans = plans})) {
    if (!parts_->plans.arena) parts_->plans.arena = std::make_shared<Arena>(*plans.device);
    std::vector<std::string> wanted;
    for (const auto& [name, facts] : tiling.layers) wanted.push_back(name);
    parts_->window = zeros(Spec(Shape{1, tiling.rows[0].window.size(), tiling.columns[0].window.size(), 3}, pixels));
    for (const Band& rows : tiling.rows)
        for (const Band& columns : tiling.columns) {
            const Tile tile{rows, columns};
            Places& places = parts_->places_of(tile);
            if (places.plan) continue;
            Graph& g = places.graph;
            Var window = g.leaf(parts_->window, "window");
            const Layers layers = net.record(window, {.activations = activations, .wanted = wanted});
            places.outputs = record(Scene({.picture = window,
                                           .input = window,
                                           .step = g.leaf(whole_number(0)),
                                           .layers = layers,
                                           .part = parts_->part(places, tile)}),
                                    window);
            places.plan = std::make_unique<Plan>(g, places.outputs, parts_->plans);
        }
}

TileRuns::~TileRuns() = default;
TileRuns::TileRuns(TileRuns&&) noexcept = default;

void TileRuns::run(const Tensor& picture, const Took& took) {
    Parts& p = *parts_;
    for (const Band& rows : p.tiling.rows)
        for (const Band& columns : p.tiling.columns) {
            const Tile tile{rows, columns};
            Places& places = p.places_of(tile);
            copy_part(picture, rows.window, columns.window, p.window);
            for (Beside& beside : places.besides) {
                const auto [down, across] = own_places(p.tiling, tile, beside.layer);
                copy_part(beside.whole, down, across, beside.share);
            }
            places.plan->run();
            std::vector<Tensor> outputs;
            for (const Var output : places.outputs) outputs.push_back(places.plan->read(output));
            took(tile, outputs);
        }
}

Plan& TileRuns::plan() const { return *parts_->places.begin()->second.plan; }

MemoryReport TileRuns::memory() const {
    MemoryReport all{.arena = parts_->plans.arena->bytes(), .leaves = parts_->window.spec().bytes()};
    std::map<const void*, std::size_t> packed;
    std::size_t outputs = 0;  // of one part at a time
    for (const auto& [key, places] : parts_->places) {
        packed.merge(places.plan->packed_forms());
        std::size_t here = 0;
        for (const Var output : places.outputs) here += output.spec().bytes();
        outputs = std::max(outputs, here);
        for (const Beside& beside : places.besides) all.leaves += beside.share.spec().bytes();
    }
    for (const auto& [form, bytes] : packed) all.packed += bytes;
    all.leaves += outputs + parts_->tiling.masks->bytes();
    return all;
}

}  // namespace gradus
