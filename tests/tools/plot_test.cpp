#include "tools/report/plot.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <sstream>

#include "tests/error.h"
#include "tests/tools/well_formed.h"
#include "tools/report/axis.h"

using namespace gradus;

namespace {

using Labels = std::vector<std::string>;
constexpr double missing = std::numeric_limits<double>::quiet_NaN(), infinite = std::numeric_limits<double>::infinity();

Labels labels(const Axis& axis) {
    Labels out;
    for (const Tick& tick : axis.ticks) out.push_back(tick.label);
    return out;
}

/// The commands that draw a curve, "M60.0 12.0L...".
std::string path(const Plot& plot, const std::string& name = "c0") {
    const std::string html = html_of(plot);
    const std::string before = "<path class=\"curve " + name + "\" d=\"";
    // The legend has a key of the same class, on a line with other things.
    for (auto at = html.find(before); at != std::string::npos; at = html.find(before, at + 1)) {
        const auto begin = at + before.size(), end = html.find('"', begin);
        if (html.substr(end, 4) == "\"/>\n") return html.substr(begin, end - begin);
    }
    return "";
}

struct Point {
    double x = 0, y = 0;
};

std::vector<Point> points(const std::string& path) {
    std::vector<Point> out;
    std::istringstream in(path);
    char command = 0;
    for (Point p; in >> command >> p.x >> p.y;) out.push_back(p);
    return out;
}

std::size_t count(const std::string& text, char c) {
    return static_cast<std::size_t>(std::count(text.begin(), text.end(), c));
}

}  // namespace

TEST_SUITE("plot") {
    TEST_CASE("ticks are round, and the labels say what tells them apart") {
        CHECK(labels(round_axis(0, 1, 5)) == Labels{"0.0", "0.2", "0.4", "0.6", "0.8", "1.0"});
        CHECK(labels(round_axis(3.2, 17.9, 6)) == Labels{"0", "5", "10", "15", "20"});
        CHECK(labels(round_axis(-0.13, 0.21, 6)) == Labels{"-0.2", "-0.1", "0.0", "0.1", "0.2", "0.3"});
        CHECK(labels(round_axis(0, 3e-5, 3)) == Labels{"0", "1e-5", "2e-5", "3e-5"});
        CHECK(labels(round_axis(0, 4e8, 4)) == Labels{"0", "1e8", "2e8", "3e8", "4e8"});
        CHECK(labels(round_axis(1234000, 1236000, 2)) == Labels{"1.234e6", "1.235e6", "1.236e6"});
        CHECK(labels(exact_axis(1, 500, 10, 1)) ==
              Labels{"50", "100", "150", "200", "250", "300", "350", "400", "450", "500"});
        CHECK(labels(exact_axis(1, 4, 10, 1)) == Labels{"1", "2", "3", "4"});
    }
    TEST_CASE("ticks of a logarithmic scale are powers of ten, with 2 and 5 between a few") {
        CHECK(labels(log_axis(0.002, 700, 6)) == Labels{"0.001", "0.01", "0.1", "1", "10", "100", "1000"});
        CHECK(labels(log_axis(1.5, 40, 6)) == Labels{"1", "2", "5", "10", "20", "50"});
        CHECK(labels(log_axis(10, 10, 6)) == Labels{"10", "20"});
        CHECK(labels(log_axis(1e-5, 1e10, 6)).size() <= 8);
    }
    TEST_CASE("every range has ticks that lie in it, in order") {
        for (const auto& range : {std::pair{0.0, 0.0},
                                  {5.0, 5.0},
                                  {-3.0, -3.0},
                                  {1e-90, 2e-90},
                                  {-1e100, 1e100},
                                  {1e10, 1e10 + 1e-6},
                                  {0.0, 1e-100},
                                  {1.0, 1.0 + 1e-8}})
            for (const bool log : {false, true}) {
                const double low = range.first, high = range.second;
                if (log && low <= 0) continue;
                CAPTURE(low);
                CAPTURE(high);
                const Axis axis = log ? log_axis(low, high, 6) : round_axis(low, high, 6);
                CHECK(axis.ticks.size() >= 2);
                CHECK(axis.ticks.size() <= 10);
                CHECK(axis.low <= low * (low > 0 ? 1 + 1e-9 : 1 - 1e-9));
                CHECK(axis.high >= high * (high > 0 ? 1 - 1e-9 : 1 + 1e-9));
                CHECK(axis.at(axis.low) == 0);
                CHECK(axis.at(axis.high) == 1);
                for (std::size_t i = 1; i < axis.ticks.size(); ++i) {
                    CHECK(axis.ticks[i].value > axis.ticks[i - 1].value);
                    CHECK(axis.ticks[i].label != axis.ticks[i - 1].label);
                }
            }
    }
    TEST_CASE("a curve goes from left to right, and up where its values do") {
        const auto drawn = points(path({.curves = {{"a", {0, 10, 5, 10}}}}));
        REQUIRE(drawn.size() == 4);
        CHECK(drawn[0].x < drawn[1].x);
        CHECK(drawn[1].x - drawn[0].x == doctest::Approx(drawn[3].x - drawn[2].x).epsilon(0.01));
        CHECK(drawn[1].y < drawn[0].y);  // y counts down
        CHECK(drawn[2].y == doctest::Approx((drawn[0].y + drawn[1].y) / 2).epsilon(0.01));
    }
    TEST_CASE("on a logarithmic scale equal factors are equal steps, and values that have no place there are gaps") {
        const auto drawn = points(path({.curves = {{"a", {1, 10, 100}}}, .log = true}));
        REQUIRE(drawn.size() == 3);
        CHECK(drawn[0].y - drawn[1].y == doctest::Approx(drawn[1].y - drawn[2].y).epsilon(0.01));
        CHECK(count(path({.curves = {{"a", {1, 10, 0, 10, 1, -3, 7}}}, .log = true}), 'M') == 3);
    }
    TEST_CASE("what is not finite is a gap, and a lone value a dot") {
        const std::string drawn = path({.curves = {{"a", {1, 2, missing, 3, infinite, 4, 5}}}});
        CHECK(count(drawn, 'M') == 3);
        CHECK(count(drawn, 'L') == 2);
        CHECK(count(drawn, 'h') == 1);
        CHECK(path({.curves = {{"a", {7}}}}).ends_with("h0"));
    }
    TEST_CASE("of very many steps the least and the greatest are still drawn") {
        Curve curve{"a", std::vector<double>(100000, 0.5)};
        curve.values[31415] = 1;
        curve.values[31416] = 0;
        const auto drawn = points(path({.curves = {curve}}));
        CHECK(drawn.size() <= 2000);
        CHECK(drawn.size() >= 1000);
        double low = 1e9, high = -1e9;
        for (const Point& p : drawn) {
            low = std::min(low, p.y);
            high = std::max(high, p.y);
        }
        const auto ends = points(path({.curves = {{"a", {0, 1}}}}));
        CHECK(low == ends[1].y);
        CHECK(high == ends[0].y);
    }
    TEST_CASE("curves of one plot share axes and a legend, and differ in color, then in dashes") {
        Plot plot{.title = "Loss", .curves = std::vector<Curve>(17, Curve{"a < b", {4, 2}})};
        plot.curves[16] = {"last", {4, 3, 2}};
        const std::string html = html_of(plot);
        CHECK(test::malformed("<!DOCTYPE html>\n" + html) == "");
        CHECK(test::has(html, "a &lt; b <span class=\"soft\">4 &#8594; 2</span>"));
        for (const char* name : {"curve c7\"", "curve c0 dashed\"", "curve c0 dotted\""}) CHECK(test::has(html, name));
        CHECK(points(path(plot, "c0"))[1].x < points(path(plot, "c0 dotted"))[2].x);
    }
    TEST_CASE("without a value there is a sentence instead") {
        for (const Plot& plot :
             {Plot{}, Plot{.curves = {{"a", {}}}}, Plot{.curves = {{"a", {missing, infinite, 1e200}}}},
              Plot{.curves = {{"a", {-1, 0}}}, .log = true}}) {
            CHECK(test::has(html_of(plot), "There are no values to draw."));
            CHECK(test::malformed("<!DOCTYPE html>\n" + html_of(plot)) == "");
        }
    }
}
