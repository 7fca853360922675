#include "tools/techniques/invert.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "engine/require.h"
#include "ops/cast.h"
#include "ops/total_variation.h"
#include "tools/image/tensor.h"
#include "tools/search/layer_objectives.h"
#include "tools/search/mean_color.h"
#include "tools/search/picture_objectives.h"

namespace gradus {
namespace {

// The mean length of ILSVRC photographs of 227x227, less their mean, over the root of the number of values.
constexpr double usual_value = 27098.11571533203 / 393.1755;

/// 1 where the code counts: in the middle, in a group of channels.
std::optional<Tensor> where(const Shape& shape, const InvertOptions& o) {
    if (o.neighborhood == 0 && o.groups == 1) return {};
    require(shape.rank() == 4 || o.neighborhood == 0, "invert: {} has no places, so no neighborhood", o.layer);
    const std::int64_t channels = shape.channels(), columns = shape.rank() == 4 ? shape[2] : 1,
                       rows = shape.rank() == 4 ? shape[1] : 1;
    require(o.neighborhood <= rows && o.neighborhood <= columns && o.groups <= channels && o.group < o.groups,
            "invert: asked for {} places across and group {} of {}, but {} has {}x{} places and {} channels",
            o.neighborhood, o.group, o.groups, o.layer, columns, rows, channels);
    const auto inside = [&](std::int64_t place, std::int64_t extent) {
        const std::int64_t first = (extent - o.neighborhood) / 2;
        return o.neighborhood == 0 || (place >= first && place < first + o.neighborhood);
    };
    Tensor result{Spec(shape)};
    const auto to = result.values_to_write<float>();
    for (std::size_t i = 0; i < to.size(); ++i) {
        const auto at = static_cast<std::int64_t>(i);
        const std::int64_t channel = at % channels, column = at / channels % columns,
                           row = at / channels / columns % rows;
        const bool mine = channel * o.groups / channels == o.group;
        to[i] = mine && inside(row, rows) && inside(column, columns) ? 1.0f : 0.0f;
    }
    return result;
}

/// The layer's answer to a picture.
Tensor code_of(const Net& net, const Image& picture, const InvertOptions& o, const PlanOptions& plans) {
    Graph g;
    const Layers layers =
        net.record(g.leaf(tensor_of(picture)), {.activations = o.search.activations, .wanted = {o.layer}});
    return value(cast(layers(o.layer), DType::f32), plans);
}

double variation_of(const Image& picture) {
    Graph g;
    const Tensor tv = value(total_variation(g.leaf(tensor_of(picture)), {.kind = TvKind::l1}), {.threads = 1});
    return static_cast<double>(tv.values<float>()[0]);
}

double error_of(const Tensor& code, const Tensor& target, const std::optional<Tensor>& m) {
    double difference = 0, size = 0;
    const auto a = code.values<float>(), b = target.values<float>();
    for (std::size_t i = 0; i < a.size(); ++i) {
        const double weight = m ? static_cast<double>(m->values<float>()[i]) : 1.0;
        const double d = weight * (static_cast<double>(a[i]) - static_cast<double>(b[i])),
                     t = weight * static_cast<double>(b[i]);
        difference += d * d;
        size += t * t;
    }
    return std::sqrt(difference / size);
}

/// What 8 bits keep of a picture.
Image as_saved(Image picture) {
    for (float& v : picture.rgb) v = std::round(v * 255) / 255;
    return picture;
}

/// For pictures of 0..1 and E itself, not times s^2.
StepSchedule published_rates(double first, int steps) {
    std::vector<std::pair<int, double>> points{{0, first}};
    for (const auto& [share, factor] : {std::pair{0.25, 0.1}, std::pair{0.75, 0.01}}) {
        const auto step = static_cast<int>(std::lround(share * steps));
        if (step <= points.back().first + 1) continue;
        points.push_back({step - 1, points.back().second});
        points.push_back({step, first * factor});
    }
    return points;
}

void mean_and_spread(Inversion& result) {
    result.mean = result.spread = result.pictures[0];
    const auto n = static_cast<double>(result.pictures.size());
    for (std::size_t i = 0; i < result.mean.rgb.size(); ++i) {
        double sum = 0, squares = 0;
        for (const Image& picture : result.pictures) {
            const auto v = static_cast<double>(picture.rgb[i]);
            sum += v;
            squares += v * v;
        }
        result.mean.rgb[i] = static_cast<float>(sum / n);
        result.spread.rgb[i] = static_cast<float>(std::sqrt(std::max(0.0, squares / n - sum / n * sum / n)));
    }
}

}  // namespace

double inversion_tv(const Net& net, const std::string& layer) {
    // What keeps the error of each convolution of VGG-16 below 20 % with as smooth a picture as that allows.
    int before = 0, all = 0;
    bool found = false;
    for (const LayerRow& row : net.table().rows) {
        if (row.kind == LayerKind::conv || row.kind == LayerKind::linear) {
            ++all;
            if (!found) ++before;
        }
        found = found || row.name == layer;
    }
    const double depth = all == 0 ? 0 : static_cast<double>(before) / all;
    return depth <= 1.0 / 3 ? 1 : depth <= 2.0 / 3 ? 2 : 5;
}

Inversion invert(const Net& net, const Image& photo, const InvertOptions& o, const PlanOptions& plans,
                 const SearchWatcher& watch) {
    require(o.starts >= 1 && o.groups >= 1 && o.neighborhood >= 0,
            "invert: asked for {} starts, {} groups and a neighborhood of {}, expected at least one of each", o.starts,
            o.groups, o.neighborhood);
    const Tensor target = code_of(net, photo, o, plans);
    const std::optional<Tensor> m = where(target.shape(), o);

    // The published weights are for values 0..255 and E times s^2; ours are 0..1 and E itself.
    const double values = 3.0 * photo.width * photo.height, s2 = usual_value * usual_value * values;
    const double tv = o.tv > 0 ? static_cast<double>(o.tv) : inversion_tv(net, o.layer);
    const Objective objective =
        nearness(o.layer, target, m) -
        tv / 2 * std::pow(255.0, o.beta) / s2 * total_variation({.kind = TvKind::beta, .beta = o.beta}) -
        static_cast<double>(o.alpha) / 2 * std::pow(255.0, 6) / s2 * alpha_norm(6, mean_color(net)) + o.besides;

    SearchOptions options = o.search;
    if (options.written.name == "pixels") {
        PixelOptions pixels{.noise = usual_value / 255};
        const std::array<float, 3> mean = mean_color(net);
        std::copy(mean.begin(), mean.end(), pixels.middle.begin());
        options.written = pixels_as_they_are(pixels);
    }
    if (options.optimizer.name.empty())
        options.optimizer = momentum(published_rates(0.004 * s2 / 255 / 255, options.steps));
    Search search(net, std::vector<Objective>(static_cast<std::size_t>(o.starts), objective), photo.height, photo.width,
                  options, plans);
    if (!o.from.empty()) search.restore(o.from);
    std::vector<SearchResult> ends = search.run(watch);

    Inversion result;
    result.curves = ends[0].curves;
    result.steps = ends[0].steps;
    result.evaluations = ends[0].evaluations;
    result.end = ends[0].end;
    result.profile = std::move(ends[0].profile);
    result.timed_runs = std::move(ends[0].timed_runs);
    const double variation = variation_of(photo);
    for (const SearchResult& end : ends) {
        if (end.end == SearchEnd::not_finite) result.end = end.end;
        result.pictures.push_back(as_saved(end.picture));
        result.errors.push_back(error_of(code_of(net, result.pictures.back(), o, plans), target, m));
        result.variations.push_back(variation_of(result.pictures.back()) / variation);
    }
    mean_and_spread(result);
    return result;
}

}  // namespace gradus
