#include "tools/techniques/occlusion.h"

#include <algorithm>

#include "engine/require.h"
#include "tools/techniques/mean_gradient.h"
#include "tools/techniques/values.h"

namespace gradus {
namespace {

struct Corner {
    int row = 0, column = 0;
};

/// Where squares begin along one axis.
std::vector<int> starts(int side, const OcclusionOptions& o) {
    std::vector<int> all;
    for (int at = 0; at < side - o.window; at += o.stride) all.push_back(at);
    all.push_back(side - o.window);
    return all;
}

/// Calls with the first value of each row of a square, and how many values the row has.
template <class Function>
void for_rows(const Corner& corner, int window, std::int64_t width, int channels, Function f) {
    for (int row = corner.row; row < corner.row + window; ++row)
        f(static_cast<std::size_t>((row * width + corner.column) * channels),
          static_cast<std::size_t>(window * channels));
}

}  // namespace

Tensor occlusion(const NetRun& run, const Unit& unit, const Tensor& picture, const Tensor& behind, OcclusionOptions o) {
    const int height = static_cast<int>(picture.shape()[1]), width = static_cast<int>(picture.shape()[2]);
    if (o.window == 0) o.window = std::max(1, std::min(height, width) / 7);
    if (o.stride == 0) o.stride = std::max(1, o.window / 2);
    require(o.window >= 1 && o.window <= std::min(height, width),
            "occlusion: the window is {} pixels wide, expected 1 to {} for a picture of {} x {}", o.window,
            std::min(height, width), width, height);
    require(o.stride >= 1 && o.stride <= o.window,
            "occlusion: the stride is {}, expected 1 to the window, {}: a wider one leaves gaps", o.stride, o.window);
    std::vector<Corner> corners;
    for (const int row : starts(height, o))
        for (const int column : starts(width, o)) corners.push_back({row, column});

    const std::size_t batch = std::min(static_cast<std::size_t>(largest_batch(picture.shape())), corners.size());
    Tensor hidden = repeated(picture, static_cast<int>(batch));
    Graph graph;
    const Layers layers = run.net.record(graph.leaf(hidden, "hidden"), {.activations = run.activations});
    const Var values = unit_values(layers, unit);
    Plan plan(graph, {values}, run.plans);
    const auto whole = static_cast<double>(values_of_unit(run, unit, picture)[0]);

    const auto pixels = static_cast<std::size_t>(picture.shape().pixels());
    std::vector<double> lost(pixels, 0.0), times(pixels, 0.0);
    const auto from = picture.values<float>(), cover = behind.values<float>();
    const auto tell = [&](std::size_t hidden_so_far) {
        if (run.watch) run.watch(static_cast<int>(hidden_so_far), static_cast<int>(corners.size()));
    };
    tell(0);
    for (std::size_t first = 0; first < corners.size(); first += batch) {
        const std::size_t count = std::min(batch, corners.size() - first);
        const auto to = hidden.values_to_write<float>();
        for (std::size_t i = 0; i < count; ++i) {
            const auto item = to.subspan(i * pixels * 3, pixels * 3);
            std::copy(from.begin(), from.end(), item.begin());
            for_rows(corners[first + i], o.window, width, 3, [&](std::size_t at, std::size_t n) {
                std::copy_n(cover.begin() + static_cast<std::ptrdiff_t>(at), n,
                            item.begin() + static_cast<std::ptrdiff_t>(at));
            });
        }
        run(plan);
        const Tensor result = plan.read(values);
        for (std::size_t i = 0; i < count; ++i) {
            const double loss = whole - static_cast<double>(result.values<float>()[i]);
            for_rows(corners[first + i], o.window, width, 1, [&](std::size_t at, std::size_t n) {
                for (std::size_t p = at; p < at + n; ++p) lost[p] += loss, times[p] += 1;
            });
        }
        tell(first + count);
    }
    Tensor map(Spec(Shape{1, height, width, 1}));
    const auto to = map.values_to_write<float>();
    for (std::size_t p = 0; p < pixels; ++p) to[p] = static_cast<float>(lost[p] / times[p]);
    return map;
}

}  // namespace gradus
