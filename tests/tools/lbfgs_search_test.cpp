#include "tools/search/lbfgs_search.h"

#include <cmath>
#include <limits>

#include "ops/arithmetic.h"
#include "ops/assign.h"
#include "ops/optimizer_step.h"
#include "ops/pointwise.h"
#include "ops/reduce.h"
#include "tests/check.h"

using namespace gradus;

namespace {

/// A function of x on the host: returns the value and writes the gradient.
using Function = std::function<double(std::span<const double> x, std::span<double> g)>;

double rosenbrock(std::span<const double> x, std::span<double> g) {
    double value = 0;
    std::fill(g.begin(), g.end(), 0.0);
    for (std::size_t i = 0; i + 1 < x.size(); ++i) {
        const double across = x[i + 1] - x[i] * x[i], along = 1 - x[i];
        value += 100 * across * across + along * along;
        g[i] += -400 * across * x[i] - 2 * along;
        g[i + 1] += 200 * across;
    }
    return value;
}

/// A search in f64 over a function on the host.
struct Host {
    Tensor x, gradient;
    int evaluations = 0;

    explicit Host(std::vector<double> start)
        : x(Spec(Shape{static_cast<std::int64_t>(start.size())}, DType::f64)), gradient(zeros(x.spec())) {
        std::copy(start.begin(), start.end(), x.values_to_write<double>().begin());
    }
    WolfeResult search(const Function& f, const WolfeOptions& o, const WolfeWatcher& watch = {}) {
        const auto evaluate = [&] {
            ++evaluations;
            return f(x.values<double>(), gradient.values_to_write<double>());
        };
        return lbfgs_search(x, gradient, evaluate, o, {}, watch);
    }
    std::span<const double> at() const { return x.values<double>(); }
    double furthest(std::span<const double> from) const {
        double most = 0;
        for (std::size_t i = 0; i < from.size(); ++i) most = std::max(most, std::abs(at()[i] - from[i]));
        return most;
    }
};

/// A bowl with neighbors that pull at each other, and its lowest point in the box 0..1, of which we know that it is:
/// there the slope is 0 inside, and points out at the edges.
struct Bowl {
    std::vector<double> lowest, slope;

    explicit Bowl(std::size_t n) {
        for (std::size_t i = 0; i < n; ++i) {
            lowest.push_back(i % 3 == 0 ? 0 : i % 3 == 1 ? 1 : 0.3 + 0.2 * std::sin(static_cast<double>(i)));
            slope.push_back(i % 3 == 0 ? 0.1 + static_cast<double>(i) / 10 : i % 3 == 1 ? -0.2 : 0);
        }
    }
    double operator()(std::span<const double> x, std::span<double> g) const {
        double value = 0;
        const auto from = [&](std::size_t i) { return x[i] - lowest[i]; };
        for (std::size_t i = 0; i < x.size(); ++i) {
            double curved = (2.1 + static_cast<double>(i % 7)) * from(i);
            if (i > 0) curved -= from(i - 1);
            if (i + 1 < x.size()) curved -= from(i + 1);
            g[i] = slope[i] + curved;
            value += from(i) * (slope[i] + curved / 2);
        }
        return value;
    }
};

}  // namespace

TEST_SUITE("lbfgs_search") {
    TEST_CASE("goes down the valley of Rosenbrock to its end, in 2 to 100 dimensions") {
        for (const std::size_t n : {2, 3, 10, 30, 100}) {
            Host host(n == 2 ? std::vector<double>{-1.2, 1} : std::vector<double>(n, 0.0));
            double before = std::numeric_limits<double>::infinity();
            const WolfeResult r = host.search(rosenbrock, {.steps = 1000}, [&](const WolfeStep& s) {
                CHECK(s.value <= before);
                before = s.value;
                return true;
            });
            CAPTURE(n);
            CAPTURE(r.steps);
            CAPTURE(to_string(r.reason));
            CHECK(host.furthest(std::vector<double>(n, 1.0)) < 1e-6);
            CHECK(r.reason == StopReason::small_gradient);
            CHECK(r.evaluations == host.evaluations);
            CHECK(r.evaluations < 2 * r.steps + 10);
        }
    }
    TEST_CASE("finds the lowest point of a bowl in a box, from inside, from its edges and from outside") {
        const Bowl bowl(50);
        for (const double start : {0.5, 0.0, 1.0, 7.0}) {
            Host host(std::vector<double>(50, start));
            const WolfeResult r = host.search(bowl, {.steps = 200, .box = {0, 1}}, [&](const WolfeStep&) {
                for (const double v : host.at()) CHECK((v >= 0 && v <= 1));
                return true;
            });
            CAPTURE(start);
            CAPTURE(r.steps);
            CHECK(r.reason == StopReason::small_gradient);
            CHECK(host.furthest(bowl.lowest) < 1e-6);
        }
    }
    TEST_CASE("Rosenbrock in a box that its end lies outside of") {
        Host host({-1.2, 1});
        const WolfeResult r = host.search(rosenbrock, {.steps = 200, .box = {-2, 0.5}});
        CHECK(r.reason == StopReason::small_gradient);
        CHECK(host.furthest(std::vector<double>{0.5, 0.25}) < 1e-6);
    }
    TEST_CASE("in f32, from plans on every device, the vectors staying there") {
        for (Device* device : test::devices())
            for (const bool boxed : {false, true}) {
                Tensor x({2}, {-1.2f, 1}), gradient = zeros(x.spec());
                const PlanOptions plans{.device = device, .arena = std::make_shared<Arena>(*device)};
                Graph g;
                const Var at = g.leaf(x), first = g.leaf(Tensor({2}, {1, 0})), second = g.leaf(Tensor({2}, {0, 1}));
                const Var a = dot(at, first), b = dot(at, second);
                const Var across = subtract(b, multiply(a, a)), along = subtract(g.number(1), a);
                const Var loss = add(scale(sum_squares(across), 100), sum_squares(along));
                Plan plan(g, {loss, assign(g.leaf(gradient), grad(loss, {at})[0])}, plans);
                const auto evaluate = [&] {
                    plan.run();
                    return plan.number(loss);
                };
                const WolfeOptions o{.steps = 200, .box = boxed ? kernels::Box{-2, 0.5} : kernels::Box{}};
                const WolfeResult r = lbfgs_search(x, gradient, evaluate, o, plans);
                CAPTURE(device->name());
                CAPTURE(to_string(r.reason));
                const float end = boxed ? 0.5f : 1;
                CHECK(std::abs(x.values<float>()[0] - end) < 1e-4f);
                CHECK(std::abs(x.values<float>()[1] - end * end) < 2e-4f);
                CHECK(r.value == evaluate());
                CHECK(r.steps < 60);
            }
    }
    TEST_CASE("values that are not finite: stops with the last good point, and says so") {
        for (const bool slope_only : {false, true}) {
            Host host({-1.2, 1});
            const WolfeResult r = host.search(
                [&](std::span<const double> x, std::span<double> g) {
                    const double value = rosenbrock(x, g);
                    if (host.evaluations <= 12) return value;
                    std::fill(g.begin(), g.end(), NAN);
                    return slope_only ? value : NAN;
                },
                {.steps = 100});
            CHECK(r.reason == StopReason::not_finite);
            CHECK(r.steps > 3);
            std::vector<double> slope(2);
            CHECK(rosenbrock(host.at(), slope) == r.value);
            CHECK(r.value < 5);
            CHECK(host.gradient.values<double>()[0] == slope[0]);
            CHECK(host.gradient.values<double>()[1] == slope[1]);
        }
        Host nowhere({1, 2});
        const Function nothing = [](std::span<const double>, std::span<double>) { return NAN; };
        CHECK(nowhere.search(nothing, {}).reason == StopReason::not_finite);
        CHECK(nowhere.at()[1] == 2);
        CHECK(nowhere.evaluations == 1);
    }
    TEST_CASE("a wall of values that are not finite is stepped back from") {
        Host host({5});
        const Function barrier = [](std::span<const double> x, std::span<double> g) {
            g[0] = 1 - 0.01 / x[0];
            return x[0] - 0.01 * std::log(x[0]);  // NaN below 0
        };
        CHECK(host.search(barrier, {}).reason == StopReason::small_gradient);
        CHECK(host.at()[0] == doctest::Approx(0.01).epsilon(1e-6));
    }
    TEST_CASE("a gradient that lies: nothing is lower, and nothing moved") {
        Host host({1, 1});
        const Function uphill = [](std::span<const double> x, std::span<double> g) {
            g[0] = g[1] = -1;
            return x[0] + x[1];
        };
        const WolfeResult r = host.search(uphill, {.evaluations = 6});
        CHECK(r.reason == StopReason::line_search);
        CHECK(r.steps == 0);
        CHECK(r.value == 2);
        CHECK(host.at()[0] == 1);
    }
    TEST_CASE("where nothing is found along a direction, the history is forgotten, and the search goes on") {
        Host host({-1.2, 1});
        int nothing = 0;  // so many evaluations from now on are NaN
        std::vector<double> from, slope, next;
        const Function gaps = [&](std::span<const double> x, std::span<double> g) {
            if (nothing-- > 0) return std::numeric_limits<double>::quiet_NaN();
            if (!from.empty() && next.empty()) next.assign(x.begin(), x.end());
            return rosenbrock(x, g);
        };
        const WolfeResult r = host.search(gaps, {.evaluations = 5}, [&](const WolfeStep& s) {
            if (s.step != 8) return true;
            nothing = 5;  // all of the next line search
            from.assign(host.at().begin(), host.at().end());
            slope.assign(host.gradient.values<double>().begin(), host.gradient.values<double>().end());
            return true;
        });
        CHECK(r.reason == StopReason::small_gradient);
        CHECK(host.furthest(std::vector<double>{1, 1}) < 1e-6);
        REQUIRE(next.size() == 2);  // the first place after the gap lies straight down the gradient
        CHECK((next[0] - from[0]) * slope[1] == doctest::Approx((next[1] - from[1]) * slope[0]));
        CHECK((next[0] - from[0]) * slope[0] < 0);
    }
    TEST_CASE("the gradient is that of x also where a step ends at an earlier point") {
        const Function kink = [](std::span<const double> x, std::span<double> g) {
            const double from = x[0] - 1;
            g[0] = 2 * from + (from > 0 ? 1 : -1);  // never flat
            return from * from + std::abs(from);
        };
        for (int evaluations = 1; evaluations < 12; ++evaluations)
            for (int steps = 1; steps < 4; ++steps) {
                Host host({-2.7});
                const WolfeResult r = host.search(kink, {.steps = steps, .c2 = 0.01, .evaluations = evaluations});
                double slope = 0;
                CHECK(kink(host.at(), {&slope, 1}) == r.value);
                CHECK(host.gradient.values<double>()[0] == slope);
            }
    }
    TEST_CASE("says why it ended") {
        const auto reason = [](const WolfeOptions& o, const WolfeWatcher& watch = {}) {
            return Host({-1.2, 1}).search(rosenbrock, o, watch);
        };
        CHECK(reason({.steps = 5}).steps == 5);
        CHECK(reason({.steps = 5}).reason == StopReason::steps);
        CHECK(reason({.change_tolerance = 1e-3}).reason == StopReason::no_change);
        CHECK(reason({.gradient_tolerance = 1e9}).steps == 0);
        CHECK(reason({.gradient_tolerance = -1, .change_tolerance = -1}).reason != StopReason::small_gradient);
        const WolfeResult watched = reason({}, [](const WolfeStep& s) { return s.step < 3; });
        CHECK(watched.reason == StopReason::watcher);
        CHECK(watched.steps == 3);
        CHECK(std::string(to_string(StopReason::watcher)) == "the watcher stopped it");
    }
    TEST_CASE("step by step it is the same search") {
        Host whole({-1.2, 1}), steps({-1.2, 1});
        const WolfeResult r = whole.search(rosenbrock, {.steps = 1000});
        std::vector<double> seen;  // the value of each evaluation
        const auto evaluate = [&] {
            seen.push_back(rosenbrock(steps.x.values<double>(), steps.gradient.values_to_write<double>()));
            return seen.back();
        };
        LbfgsSearch search(steps.x, steps.gradient, evaluate, {.steps = 1000}, {});
        CHECK(search.now().step == 0);
        while (true) {
            const WolfeStep& now = search.now();
            CHECK(now.evaluations == static_cast<int>(seen.size()));
            CHECK(now.value == seen[static_cast<std::size_t>(now.found) - 1]);
            std::vector<double> slope(2);
            CHECK(now.value == rosenbrock(steps.at(), slope));
            if (search.over()) break;
            CHECK(search.step());
        }
        CHECK(*search.over() == r.reason);
        CHECK(search.now().step == r.steps);
        CHECK(search.now().evaluations == r.evaluations);
        CHECK(std::equal(steps.at().begin(), steps.at().end(), whole.at().begin()));
        CHECK(!search.step());
        CHECK(search.now().evaluations == r.evaluations);
    }
    TEST_CASE("refuses what does not fit") {
        Tensor x({2}, {1, 2}), other({3}, {1, 2, 3});
        const auto refused = [&](const Tensor& at, const Tensor& slope, const WolfeOptions& o, const char* text) {
            test::check_refuses([&] { lbfgs_search(at, slope, [] { return 0.0; }, o, {}); }, text);
        };
        refused(x, other, {}, "was given a gradient f32 (3) for x f32 (2)");
        refused(x.to(DType::bf16), x, {}, "expected f32 or f64");
        refused({}, x, {}, "that is no tensor");
        refused(x, x, {.c1 = 0.5, .c2 = 0.1}, "0 < c1 < c2 < 1");
        refused(x, x, {.evaluations = 0}, "of 1 or more");
        refused(x, x, {.history = 0}, "expected 1 to 100");
        refused(x, x, {.box = {1, 0}}, "the lower bound first");
    }
}
