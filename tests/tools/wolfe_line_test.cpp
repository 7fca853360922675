#include "tools/search/wolfe_line.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

using namespace gradus;

namespace {

/// A function and its derivative.
using Curve = LinePoint (*)(double t);

// The test problems 4.1 and 4.2 of Moré & Thuente 1994, Line search algorithms with guaranteed sufficient decrease,
// and two that a step of L-BFGS meets. The slope of 4.2 at its start is -5e-7: a tenth of that at its end, -2.6,
// changes no bit of the value.
const std::vector<Curve> curves{
    [](double t) {
        const double below = t * t + 2;
        return LinePoint{t, -t / below, (t * t - 2) / (below * below)};
    },
    [](double t) {
        const double a = t + 0.004;
        return LinePoint{t, std::pow(a, 5) - 2 * std::pow(a, 4), 5 * std::pow(a, 4) - 8 * std::pow(a, 3)};
    },
    [](double t) {
        return LinePoint{t, (t - 3) * (t - 3), 2 * (t - 3)};
    },
    [](double t) {  // a bowl with waves in it
        return LinePoint{t, (t - 3) * (t - 3) + std::cos(5 * t), 2 * (t - 3) - 5 * std::sin(5 * t)};
    }};

}  // namespace

TEST_SUITE("wolfe_line") {
    TEST_CASE("ends where both Wolfe conditions hold, from much too short to much too long") {
        for (const Curve& curve : curves)
            for (const double first : {1e-3, 1e-1, 1.0, 10.0, 1e3})
                for (const double c2 : {0.9, 0.5}) {
                    const LinePoint start = curve(0);
                    int calls = 0;
                    const auto at = [&](double t) {
                        ++calls;
                        return curve(t);
                    };
                    const LineResult r = search_line(start, first, {.at = at}, {.c2 = c2});
                    CAPTURE(first);
                    CAPTURE(c2);
                    CHECK(r.found);
                    CHECK(r.newest);
                    CHECK(r.evaluations == calls);
                    CHECK(calls <= 15);
                    CHECK(r.point.value <= start.value + 1e-4 * r.point.t * start.slope);
                    CHECK(std::abs(r.point.slope) <= -c2 * start.slope);
                    CHECK(r.point.value == curve(r.point.t).value);
                }
    }
    TEST_CASE("takes a good first point at once") {
        const LineResult r = search_line(curves[2](0), 3, {.at = curves[2]});
        CHECK(r.evaluations == 1);
        CHECK(r.point.t == 3);
    }
    TEST_CASE("steps back from what is not finite") {
        for (const double nothing :
             {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()}) {
            const auto at = [nothing](double t) { return t < 0.5 ? curves[2](t) : LinePoint{t, nothing, nothing}; };
            const LineResult r = search_line(at(0), 100, {.at = at}, {.c2 = 0.9});
            CHECK(r.found);
            CHECK(r.not_finite);
            CHECK(r.point.t < 0.5);
            CHECK(std::isfinite(r.point.value));
        }
        const LineResult none = search_line({0, 1, -1}, 1,
                                            {.at =
                                                 [](double t) {
                                                     return LinePoint{t, NAN, NAN};
                                                 }},
                                            {.evaluations = 7});
        CHECK(!none.found);
        CHECK(none.not_finite);
        CHECK(none.evaluations == 7);
        CHECK(none.point.t == 0);
        CHECK(none.number == 0);
    }
    TEST_CASE("finds nothing on a line that only rises, and stops where the bracket is short") {
        const auto rising = [](double t) { return LinePoint{t, t, -1}; };  // the slope lies
        const LineResult all = search_line(rising(0), 1, {.at = rising});
        CHECK(!all.found);
        CHECK(!all.not_finite);
        CHECK(all.evaluations == 25);
        CHECK(all.point.value == 0);
        const LineResult some = search_line(rising(0), 1, {.at = rising}, {.shortest = 1e-3});
        CHECK(!some.found);
        CHECK(some.evaluations < 25);
    }
    TEST_CASE("out of evaluations, falls back to the lowest point, which was kept") {
        // |t - 1| has no flat point: only the first condition can be met.
        const auto kink = [](double t) { return LinePoint{t, std::abs(t - 1), t < 1 ? -1.0 : 1.0}; };
        double last = -1, kept = -1;
        int calls = 0;
        std::vector<double> places;
        const Line line{.at =
                            [&](double t) {
                                ++calls;
                                last = t;
                                places.push_back(t);
                                return kink(t);
                            },
                        .keep = [&] { kept = last; }};
        std::vector<bool> newest;
        for (int evaluations = 1; evaluations < 9; ++evaluations) {
            places.clear();
            const LineResult r = search_line(kink(0), 0.3, line, {.evaluations = evaluations});
            REQUIRE(r.found);
            CHECK(r.point.t == places[static_cast<std::size_t>(r.number) - 1]);
            newest.push_back(r.newest);
        }
        CHECK(std::count(newest.begin(), newest.end(), true) > 0);
        CHECK(std::count(newest.begin(), newest.end(), false) > 0);
        calls = 0;
        const LineResult r = search_line(kink(0), 0.3, line, {.evaluations = 9});
        CHECK(r.found);
        CHECK(calls == 9);
        CHECK(r.point.t == kept);
        CHECK(r.newest == (kept == last));
        CHECK(r.point.value < 0.1);
    }
}
