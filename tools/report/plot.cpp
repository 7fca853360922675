#include "tools/report/plot.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "tools/report/axis.h"
#include "tools/report/html.h"

namespace gradus {
namespace {

// In the units of the SVG, which are pixels where the page is wide enough.
constexpr double width = 720, height = 300, top = 12, right = 16, bottom = 44, letter = 7;
constexpr std::size_t most_points = 2000;  // more would not be told apart

bool drawable(double value, bool log) { return std::abs(value) <= 1e100 && (!log || value >= 1e-100); }

/// The places of all curves, and where they come to lie.
struct Frame {
    Axis x, y;
    double left;

    double at_x(double value) const { return left + x.at(value) * (width - right - left); }
    double at_y(double value) const { return height - bottom - y.at(value) * (height - bottom - top); }
};

/// The indices to draw: all, or of each run of neighbors the least and the greatest.
std::vector<std::size_t> drawn(const std::vector<double>& values, bool log) {
    const std::size_t n = values.size(), runs = n <= most_points ? n : most_points / 2;
    std::vector<std::size_t> out;
    for (std::size_t r = 0; r < runs; ++r) {
        const std::size_t begin = r * n / runs, end = (r + 1) * n / runs;
        std::size_t least = begin, greatest = begin;
        for (std::size_t i = begin; i < end; ++i) {
            if (!drawable(values[i], log)) continue;
            if (!drawable(values[least], log) || values[i] < values[least]) least = i;
            if (!drawable(values[greatest], log) || values[i] > values[greatest]) greatest = i;
        }
        out.push_back(std::min(least, greatest));
        if (least != greatest) out.push_back(std::max(least, greatest));
    }
    return out;
}

std::string path_of(const Curve& curve, const Frame& frame) {
    std::string path;
    bool open = false;  // the pen is down
    std::size_t points = 0;
    const auto close = [&] {
        if (points == 1) path += "h0";  // a lone value is a dot
        points = 0;
        open = false;
    };
    for (const std::size_t i : drawn(curve.values, frame.y.log)) {
        if (!drawable(curve.values[i], frame.y.log)) {
            close();
            continue;
        }
        path += fmt::format("{}{:.1f} {:.1f}", open ? "L" : "M", frame.at_x(static_cast<double>(i + 1)),
                            frame.at_y(curve.values[i]));
        open = true;
        ++points;
    }
    close();
    return path;
}

std::string classes(std::size_t curve) {
    return fmt::format("curve c{}{}", curve % 8, curve / 8 % 3 == 0 ? "" : curve / 8 % 3 == 1 ? " dashed" : " dotted");
}

std::string legend(const std::vector<Curve>& curves) {
    std::string out = "<ul class=\"legend\">\n";
    for (std::size_t i = 0; i < curves.size(); ++i) {
        const auto& values = curves[i].values;
        out += fmt::format("<li><svg class=\"key\" viewBox=\"0 0 24 8\"><path class=\"{}\" d=\"M1 4H23\"/></svg> {}",
                           classes(i), escaped(curves[i].name));
        if (!values.empty())
            out += fmt::format(" <span class=\"soft\">{:.4g} &#8594; {:.4g}</span>", values.front(), values.back());
        out += "</li>\n";
    }
    return out + "</ul>\n";
}

std::string axes(const Frame& frame, const std::string& steps) {
    std::string grid, text;
    const double base = height - bottom;
    for (const Tick& tick : frame.y.ticks) {
        const double y = frame.at_y(tick.value);
        grid += fmt::format("M{:.1f} {:.1f}H{:.1f}", frame.left, y, width - right);
        text +=
            fmt::format("<text class=\"y\" x=\"{:.1f}\" y=\"{:.1f}\">{}</text>\n", frame.left - 8, y + 4, tick.label);
    }
    for (const Tick& tick : frame.x.ticks) {
        const double x = frame.at_x(tick.value);
        grid += fmt::format("M{:.1f} {:.1f}v5", x, base);
        text += fmt::format("<text class=\"x\" x=\"{:.1f}\" y=\"{:.1f}\">{}</text>\n", x, base + 19, tick.label);
    }
    text += fmt::format("<text class=\"x\" x=\"{:.1f}\" y=\"{:.1f}\">{}</text>\n", (frame.left + width - right) / 2,
                        height - 8, escaped(steps));
    return fmt::format("<path class=\"grid\" d=\"{}\"/>\n{}", grid, text);
}

}  // namespace

std::string html_of(const Plot& plot) {
    double low = std::numeric_limits<double>::max(), high = -low;
    std::size_t steps = 0;
    for (const Curve& curve : plot.curves) {
        steps = std::max(steps, curve.values.size());
        for (const double value : curve.values) {
            if (!drawable(value, plot.log)) continue;
            low = std::min(low, value);
            high = std::max(high, value);
        }
    }
    std::string out = fmt::format("<figure class=\"plot\">\n<figcaption>{}</figcaption>\n{}", escaped(plot.title),
                                  legend(plot.curves));
    if (low > high) return out + "<p class=\"soft\">There are no values to draw.</p>\n</figure>\n";

    Frame frame{exact_axis(1, static_cast<double>(steps), 10, 1), (plot.log ? log_axis : round_axis)(low, high, 6), 0};
    std::size_t longest = 0;
    for (const Tick& tick : frame.y.ticks) longest = std::max(longest, tick.label.size());
    frame.left = 16 + letter * static_cast<double>(longest);
    out += fmt::format("<svg viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"{}\">\n{}", width, height,
                       escaped(plot.title), axes(frame, plot.steps));
    for (std::size_t i = 0; i < plot.curves.size(); ++i)
        out += fmt::format("<path class=\"{}\" d=\"{}\"/>\n", classes(i), path_of(plot.curves[i], frame));
    return out + "</svg>\n</figure>\n";
}

}  // namespace gradus
