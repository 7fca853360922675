// Searches whose optimizer looks along lines: the same steps as lbfgs_search on the numbers by hand, and why they end.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "ops/arithmetic.h"
#include "ops/assign.h"
#include "ops/pointwise.h"
#include "ops/reduce.h"
#include "tests/check.h"
#include "tests/tools/tiny_nets.h"
#include "tools/search/layer_objectives.h"
#include "tools/search/noise.h"
#include "tools/search/picture_objectives.h"
#include "tools/search/search.h"

using namespace gradus;

namespace {

constexpr int side = 16;
const std::string layer = "relu2";

const Net& net() {
    static const Net tiny = test::tiny_net();
    return tiny;
}

SearchOptions along_lines(int steps) {
    return {.written = pixels_as_they_are({.noise = 0.1}), .optimizer = wolfe(5), .steps = steps, .seed = 3};
}

Search search(const SearchOptions& o, std::vector<Objective> objectives, const PlanOptions& plans = {.threads = 2}) {
    return Search(net(), std::move(objectives), side, side, o, plans);
}

/// A picture, in part outside 0..1, where no picture can go.
Tensor wide_target() {
    Tensor t = test::noise_tensor({1, side, side, 3});
    for (float& v : t.values_to_write<float>()) v = 0.5f + v;
    return t;
}

/// A term of the picture alone.
Objective of_picture(const std::string& name, const std::function<Var(Var)>& value) {
    return {{{.name = name, .value = [value](const Scene& scene) { return value(scene.picture()); }}}};
}

Objective without_slope() {
    return of_picture("level", [](Var x) { return scale(mean(x), 0); });
}

/// An objective's value and the norm of its slope at a picture of pixels, by a graph of its own.
std::pair<double, double> looked_up(const Objective& o, const Image& picture) {
    Graph g;
    const Var x = g.leaf(Tensor(Shape{1, side, side, 3}, picture.rgb)), step = g.leaf(whole_number(0));
    const Layers layers = net().record(x, {.wanted = o.layers()});
    const Var total = record(o, Scene({.picture = x, .input = x, .step = step, .layers = layers})).total;
    const Tensor slope = value(sqrt(sum_squares(grad(total, {x})[0])));
    return {static_cast<double>(value(total).values<float>()[0]), static_cast<double>(slope.values<float>()[0])};
}

}  // namespace

TEST_SUITE("wolfe search") {
    TEST_CASE("is lbfgs_search on the numbers, byte by byte, however the picture is written, on every device") {
        for (Device* device : test::devices())
            for (const Parametrization& written : {pixels_as_they_are({.noise = 0.1}), fourier(), laplacian()}) {
                CAPTURE(device->name());
                CAPTURE(written.name);
                const PlanOptions plans{.device = device, .threads = 2};
                SearchOptions o = along_lines(8);
                o.written = written;
                const SearchResult result = search(o, {mean_of(layer)}, plans).run()[0];

                Tensor x = written.noise(side, side, 3, 0), gradient = zeros(x.spec());
                Graph g;
                const Var at = g.leaf(x), picture = written.picture(at, side, side);
                const Var wanted = mean(net().record(picture, {.wanted = {layer}})(layer));
                const Var loss = scale(wanted, -1);
                Plan plan(g, {loss, assign(g.leaf(gradient), grad(loss, {at})[0])}, plans);
                const auto evaluate = [&] {
                    plan.run();
                    return plan.number(loss);
                };
                std::vector<double> values;
                const WolfeResult r = lbfgs_search(
                    x, gradient, evaluate, {.history = 5, .steps = 8, .gradient_tolerance = 0, .box = written.box},
                    plans, [&](const WolfeStep& s) {
                        values.push_back(-s.value);
                        return true;
                    });
                CHECK(r.reason == StopReason::steps);
                CHECK(result.end == SearchEnd::steps);
                CHECK(result.steps == r.steps);
                CHECK(result.evaluations == r.evaluations);
                CHECK(result.evaluations > result.steps);
                REQUIRE(result.curves[0].values.size() == 9);  // the start, too
                CHECK(std::equal(values.begin(), values.end(), result.curves[0].values.begin() + 1));
                Graph end;
                const Tensor shown = value(written.picture(end.leaf(x), side, side), plans);
                const auto rgb = shown.values<float>();
                CHECK(std::equal(rgb.begin(), rgb.end(), result.picture.rgb.begin()));
            }
    }
    TEST_CASE("a bowl ends at its lowest point in the box, and says that no slope is left") {
        const Tensor target = wide_target();
        const SearchResult result = search(along_lines(200), {nearness("picture", target)}).run()[0];
        double worst = 0;
        for (std::size_t i = 0; i < result.picture.rgb.size(); ++i)
            worst = std::max(worst, std::abs(static_cast<double>(result.picture.rgb[i]) -
                                             std::clamp(static_cast<double>(target.values<float>()[i]), 0.0, 1.0)));
        CAPTURE(to_string(result.end));
        CAPTURE(result.steps);
        CHECK(worst < 1e-6);
        CHECK(result.end == SearchEnd::no_slope);
        CHECK(result.steps < 20);
        CHECK(result.curves[0].values.size() == static_cast<std::size_t>(result.steps) + 1);
    }
    TEST_CASE("the curves are those of the pictures that steps ended at, and rise") {
        // |x - 0.3| has kinks, at which line searches run out of evaluations and end at an earlier place.
        const Objective o = channel(layer, 5) - 0.002 * l1(0.3) - 0.1 * total_variation({.kind = TvKind::squared});
        SearchOptions with = along_lines(1);
        with.optimizer.along_lines->c2 = 0.01;
        for (const int evaluations : {2, 3, 4})
            for (int steps = 1; steps < 9; ++steps) {
                CAPTURE(evaluations);
                CAPTURE(steps);
                with.steps = steps;
                with.optimizer.along_lines->evaluations = evaluations;
                const SearchResult r = search(with, {o}).run()[0];
                REQUIRE(r.curves.size() == 6);
                REQUIRE(r.curves[0].values.size() == static_cast<std::size_t>(r.steps) + 1);
                const auto [objective, slope] = looked_up(o, r.picture);
                CHECK(r.curves[0].values.back() == doctest::Approx(objective).epsilon(1e-6));
                CHECK(r.curves[2].values.back() == doctest::Approx(slope).epsilon(1e-5));
                for (std::size_t i = 0; i < r.curves[0].values.size(); ++i) {
                    const auto term = [&](std::size_t t) { return r.curves[3 + t].values[i]; };
                    CHECK(r.curves[0].values[i] ==
                          doctest::Approx(term(0) - 0.002 * term(1) - 0.1 * term(2)).epsilon(1e-5));
                    CHECK(r.curves[1].values[i] == term(0));
                    if (i > 0) CHECK(r.curves[0].values[i] > r.curves[0].values[i - 1]);
                }
            }
    }
    TEST_CASE("a picture of a batch is the picture made alone, also where others end before it") {
        SearchOptions o = along_lines(6);
        const std::vector<Objective> wanted{channel(layer, 5), without_slope(), channel(layer, 3)};
        int looks = 0;
        Search all = search(o, wanted);
        const std::vector<SearchResult> together = all.run([&](const SearchLook& look) {
            CHECK(look.done == ++looks);
            CHECK(look.last == (look.done == 6));
            return true;
        });
        CHECK(looks == 6);
        CHECK(together[1].end == SearchEnd::no_slope);
        for (int item = 0; item < 3; ++item) {
            const auto n = static_cast<std::size_t>(item);
            o.first_item = item;
            const SearchResult alone = search(o, {wanted[n]}).run()[0];
            CHECK(alone.picture.rgb == together[n].picture.rgb);
            CHECK(alone.curves[0].values == together[n].curves[0].values);
            CHECK(alone.steps == together[n].steps);
            CHECK(alone.end == together[n].end);
        }
        // And again, from where they are.
        const std::vector<SearchResult> on = all.run();
        CHECK(on[0].curves[0].values.front() == together[0].curves[0].values.back());
        CHECK(on[0].curves[0].values.back() > on[0].curves[0].values.front());
    }
    TEST_CASE("where nothing pulls, the picture stays, and one look says that it is over") {
        int looks = 0;
        Search s = search(along_lines(6), {without_slope()});
        const Image before = s.picture(0);
        const SearchResult result = s.run([&](const SearchLook& look) {
            ++looks;
            CHECK(look.done == 0);
            CHECK(look.last);
            return true;
        })[0];
        CHECK(looks == 1);
        CHECK(result.end == SearchEnd::no_slope);
        CHECK(result.steps == 0);
        CHECK(result.evaluations == 1);
        CHECK(result.picture.rgb == before.rgb);
    }
    TEST_CASE("a picture stays as it was when the activation was reached") {
        SearchOptions o = along_lines(8);
        const SearchResult all = search(o, {channel(layer, 5)}).run()[0];
        REQUIRE(all.curves[1].values.size() == 9);
        o.until = all.curves[1].values[4];
        const SearchResult stopped = search(o, {channel(layer, 5)}).run()[0];
        CHECK(stopped.end == SearchEnd::reached);
        CHECK(stopped.steps == 4);
        CHECK(stopped.curves[1].values.back() == *o.until);
        o.until.reset();
        o.steps = 4;
        CHECK(search(o, {channel(layer, 5)}).run()[0].picture.rgb == stopped.picture.rgb);
        o.until = all.curves[1].values[0];
        CHECK(search(o, {channel(layer, 5)}).run()[0].steps == 0);
    }
    TEST_CASE("what is not finite ends it at the start, and is stepped back from later") {
        const Objective nothing = of_picture("nothing", [](Var x) { return log(scale(mean(x), -1)); });
        SearchOptions o = along_lines(6);
        o.until = -1e30;  // would be reached
        const SearchResult broken = search(o, {nothing}).run()[0];
        CHECK(broken.end == SearchEnd::not_finite);
        CHECK(broken.steps == 0);
        for (const float v : broken.picture.rgb) CHECK(std::isfinite(v));
        // The mean falls towards 0.4, below which there is nothing.
        const Objective wall = of_picture("wall", [](Var x) {
            Var left = subtract(mean(x), x.graph->number(0.4f));
            return subtract(scale(log(left), 0.01), left);
        });
        o.until.reset();
        o.steps = 100;
        const SearchResult held = search(o, {wall}).run()[0];
        CHECK(held.end != SearchEnd::not_finite);
        double sum = 0;
        for (const float v : held.picture.rgb) sum += static_cast<double>(v);
        CHECK(sum / (side * side * 3) == doctest::Approx(0.41).epsilon(1e-3));
    }
    TEST_CASE("a watcher may stop it, and a profile is of a picture's own plan") {
        SearchOptions o = along_lines(8);
        o.profile = true;
        const SearchResult result =
            search(o, {channel(layer, 5)}).run([](const SearchLook& look) { return look.done < 3; })[0];
        CHECK(result.end == SearchEnd::stopped);
        CHECK(result.steps == 3);
        CHECK(static_cast<int>(result.timed_runs.size()) == result.evaluations);
        CHECK(!result.profile.empty());
        CHECK(search(o, {channel(layer, 5)}).memory().total() > 0);
    }
    TEST_CASE("outside a mask the picture stays") {
        SearchOptions o = along_lines(4);
        o.around = Image{.width = side, .height = side, .rgb = std::vector<float>(side * side * 3, 0.5f)};
        o.mask = Image{.width = side, .height = side, .rgb = std::vector<float>(side * side * 3, 0.0f)};
        const std::ptrdiff_t half = side * side * 3 / 2;
        std::fill(o.mask->rgb.begin(), o.mask->rgb.begin() + half, 1.0f);
        const SearchResult r = search(o, {channel(layer, 5)}).run()[0];
        CHECK(r.curves[0].values.back() > r.curves[0].values.front());
        CHECK(std::all_of(r.picture.rgb.begin() + half, r.picture.rgb.end(), [](float v) { return v == 0.5f; }));
        CHECK(!std::all_of(r.picture.rgb.begin(), r.picture.rgb.begin() + half, [](float v) { return v == 0.5f; }));
    }
    TEST_CASE("refuses what would change the objective between two looks, and states") {
        const auto refused = [](const SearchOptions& o, const std::vector<Objective>& objectives, const char* text) {
            test::check_refuses([&] { search(o, objectives); }, text);
        };
        const std::vector<Objective> one{channel(layer, 5)};
        SearchOptions o = along_lines(3);
        o.transforms = {jitter(2)};
        refused(o, one, "was given the transform jitter 2, expected none");
        o = along_lines(3);
        o.tidies = {decay(0.1)};
        refused(o, one, "was given decay for after each step");
        o = along_lines(3);
        o.smooth = [](Var gradient, Var) { return gradient; };
        refused(o, one, "to smooth gradients");
        o = along_lines(3);
        o.redirected = 1;
        refused(o, one, "was given 1 steps through dead ReLUs");
        o = along_lines(3);
        const Objective fading = scheduled(one[0], StepSchedule({{0, 1}, {2, 0}}));
        refused(o, {fading}, "changes from step to step");
        refused(o, {fading * one[0]}, "changes from step to step");
        const Objective both = one[0] + diversity(layer);
        refused(o, {both, both}, "but diversity(relu2) compares those of a batch");
        refused(o, {one[0] * diversity(layer)}, "compares those of a batch");
        o.optimizer = wolfe(0);
        Search none = search(o, one);
        test::check_refuses([&] { none.run(); }, "expected 1 to 100");
        Search s = search(along_lines(3), one);
        test::check_refuses([&] { s.state(); }, "wolfe keeps no state");
        test::check_refuses([&] { s.restore({}); }, "wolfe keeps no state");
    }
    TEST_CASE("every end has a sentence of its own") {
        std::vector<std::string_view> all;
        for (const SearchEnd end : {SearchEnd::steps, SearchEnd::reached, SearchEnd::not_finite, SearchEnd::stopped,
                                    SearchEnd::no_slope, SearchEnd::no_change, SearchEnd::nothing_better})
            all.push_back(to_string(end));
        std::sort(all.begin(), all.end());
        CHECK(std::adjacent_find(all.begin(), all.end()) == all.end());
        CHECK(!all[0].empty());
    }
}
