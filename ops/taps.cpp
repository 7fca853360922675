#include "ops/taps.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace gradus {
namespace {

/// One output's taps while the table is being made: `weights` times the inputs from `first` on.
struct Row {
    std::int64_t first = 0;
    std::vector<double> weights = {};
};

TapTable table(const std::vector<Row>& rows) {
    TapTable t;
    for (const Row& row : rows) t.width = std::max(t.width, static_cast<std::int64_t>(row.weights.size()));
    for (const Row& row : rows) {
        t.first.push_back(static_cast<std::int32_t>(row.first));
        t.count.push_back(static_cast<std::int32_t>(row.weights.size()));
        t.weights.insert(t.weights.end(), row.weights.begin(), row.weights.end());
        t.weights.resize(t.first.size() * static_cast<std::size_t>(t.width), 0.0);
    }
    t.weights_f32.assign(t.weights.begin(), t.weights.end());
    return t;
}

double triangle(double x) { return std::max(0.0, 1.0 - std::abs(x)); }

double sinc(double x) { return x == 0 ? 1.0 : std::sin(std::numbers::pi * x) / (std::numbers::pi * x); }

double lanczos3(double x) { return std::abs(x) < 3 ? sinc(x) * sinc(x / 3) : 0.0; }

/// The two neighbors of a place, however far apart the places lie.
Row between_two(double place, std::int64_t from) {
    const double at = std::clamp(place, 0.0, static_cast<double>(from - 1));
    const auto first = std::min(static_cast<std::int64_t>(at), from - 1);
    const double fraction = at - static_cast<double>(first);
    if (fraction == 0) return {first, {1.0}};
    return {first, {1.0 - fraction, fraction}};
}

/// All pixels under a window around a place, which grows with the step from one place to the next; weights add up to 1.
Row under_window(double center, double step, double (*window)(double), double support, std::int64_t from) {
    const double stretch = std::max(step, 1.0), reach = support * stretch;
    const auto first = std::max(static_cast<std::int64_t>(center - reach + 0.5), std::int64_t{0});
    const auto last = std::min(static_cast<std::int64_t>(center + reach + 0.5), from);
    Row row{first, {}};
    double sum = 0;
    for (std::int64_t i = first; i < last; ++i) {
        row.weights.push_back(window((static_cast<double>(i) - center + 0.5) / stretch));
        sum += row.weights.back();
    }
    for (double& w : row.weights) w /= sum;
    return row;
}

}  // namespace

TapTable resize_taps(std::int64_t from, std::int64_t to, ResizeKind kind) {
    const double step = static_cast<double>(from) / static_cast<double>(to);
    std::vector<Row> rows;
    for (std::int64_t i = 0; i < to; ++i) {
        const double center = (static_cast<double>(i) + 0.5) * step;  // measured from the outer edge of the first pixel
        if (kind == ResizeKind::bilinear)
            rows.push_back(between_two(center - 0.5, from));
        else if (kind == ResizeKind::antialias)
            rows.push_back(under_window(center, step, triangle, 1, from));
        else
            rows.push_back(under_window(center, step, lanczos3, 3, from));
    }
    return table(rows);
}

TapTable transposed(const TapTable& taps, std::int64_t inputs) {
    std::vector<Row> rows(static_cast<std::size_t>(inputs));
    for (std::size_t out = 0; out < taps.first.size(); ++out)
        for (std::int32_t k = 0; k < taps.count[out]; ++k) {
            Row& row = rows[static_cast<std::size_t>(taps.first[out] + k)];
            if (row.weights.empty()) row.first = static_cast<std::int64_t>(out);
            // Outputs come in order, and those that read one input are neighbors: their windows move to the right.
            row.weights.resize(out - static_cast<std::size_t>(row.first), 0.0);
            row.weights.push_back(
                taps.weights[out * static_cast<std::size_t>(taps.width) + static_cast<std::size_t>(k)]);
        }
    return table(rows);
}

}  // namespace gradus
