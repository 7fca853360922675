#include "tools/search/schedule.h"

#include <charconv>
#include <cmath>

#include "engine/in_quotes.h"
#include "engine/require.h"
#include "ops/lookup.h"

namespace gradus {

StepSchedule::StepSchedule(std::vector<std::pair<int, double>> points) : points_(std::move(points)) {
    require(!points_.empty(), "schedule: was given no points, expected at least one");
    for (std::size_t i = 0; i < points_.size(); ++i) {
        require(points_[i].first >= 0 && std::isfinite(points_[i].second),
                "schedule: was given {} at step {}, expected a number at a step from 0 on", points_[i].second,
                points_[i].first);
        require(i == 0 || points_[i].first > points_[i - 1].first,
                "schedule: step {} comes after step {}, expected steps that rise", points_[i].first,
                points_[i == 0 ? 0 : i - 1].first);
    }
}

double StepSchedule::at(int step) const {
    if (step <= points_.front().first) return points_.front().second;
    for (std::size_t i = 1; i < points_.size(); ++i) {
        const auto [from, a] = points_[i - 1];
        const auto [to, b] = points_[i];
        if (step < to) return a + (b - a) * (step - from) / (to - from);
    }
    return points_.back().second;
}

StepSchedule StepSchedule::scaled(double factor) const {
    StepSchedule result = *this;
    for (auto& point : result.points_) point.second *= factor;
    return result;
}

Var StepSchedule::record(Var step, int steps) const {
    Graph& g = *step.graph;
    if (constant()) return g.number(static_cast<float>(points_.front().second));
    std::vector<float> table;
    for (int i = 0; i < steps; ++i) table.push_back(static_cast<float>(at(i)));
    return lookup(g.leaf(Tensor(Shape{steps}, table)), step);
}

namespace {

/// The whole of `text` as a number, or false.
template <class T>
bool read(std::string_view text, T& number) {
    const char* end = text.data() + text.size();
    const auto [stopped, error] = std::from_chars(text.data(), end, number);
    return error == std::errc{} && stopped == end;
}

}  // namespace

StepSchedule parse_schedule(std::string_view text) {
    double always = 0;
    if (read(text, always) && std::isfinite(always)) return always;
    std::vector<std::pair<int, double>> points;
    for (std::string_view rest = text;;) {
        const std::string_view point = rest.substr(0, rest.find(','));
        const auto colon = point.find(':');
        std::pair<int, double> p;
        require(colon != std::string_view::npos && read(point.substr(0, colon), p.first) &&
                    read(point.substr(colon + 1), p.second),
                "schedule: {} in {} is not STEP:VALUE; expected a number, or steps as in 0:0.1,100:0.01",
                in_quotes(point), in_quotes(text));
        points.push_back(p);
        if (point.size() == rest.size()) break;
        rest.remove_prefix(point.size() + 1);
    }
    return points;
}

}  // namespace gradus
