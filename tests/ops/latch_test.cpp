#include "ops/latch.h"

#include <cmath>
#include <cstring>
#include <functional>
#include <limits>

#include "ops/arithmetic.h"
#include "ops/assign.h"
#include "ops/gate.h"
#include "ops/increment.h"
#include "ops/momentum_step.h"
#include "ops/note.h"
#include "ops/pointwise.h"
#include "ops/reduce.h"
#include "tests/cases/every_op.h"
#include "tests/check.h"
#include "tests/optimizers.h"

using namespace gradus;

namespace {

constexpr double infinite = std::numeric_limits<double>::infinity();

/// The latch on these numbers, each in this type, on every device.
void check_latch(std::int32_t expected, std::int32_t held, const std::vector<double>& finite,
                 std::optional<double> score = {}, double level = 0) {
    for (const DType dtype : {DType::f32, DType::f64})
        for (Device* device : test::devices()) {
            CAPTURE(to_string(dtype));
            CAPTURE(device->name());
            Graph g;
            std::vector<Var> numbers;
            for (const double v : finite) numbers.push_back(test::number(g, v, dtype));
            std::optional<Var> reached;
            if (score) reached = test::number(g, *score, dtype);
            const Var y = latch(cases::whole_numbers(g, {1}, {held}), numbers, reached, level);
            CHECK(value(y, {.device = device}).values<std::int32_t>()[0] == expected);
        }
}

std::vector<float> copy_of(const Tensor& t) { return {t.values<float>().begin(), t.values<float>().end()}; }
bool same_bytes(const std::vector<float>& a, const std::vector<float>& b) {
    return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0;
}

/// Where a search stands: the picture, the step, why it stopped, and the loss at each step.
struct Standing {
    std::vector<float> x;
    std::int32_t step = 0, why = 0;
    std::vector<float> losses;
};

/// A search down a loss with a heavy ball, until -loss >= level; from 0.5 .. 1.
struct Search {
    std::function<Var(Var)> loss;
    double level = infinite;

    static constexpr std::int64_t rows = 64;
    static Tensor start() {
        std::vector<float> values = test::noise(35);
        for (float& v : values) v = 0.75f + 0.25f * v;
        return Tensor({1, 5, 7, 1}, std::move(values));
    }

    /// A loop of the host, which looks at every step and stops before it moves.
    Standing watched(Device* device) const {
        Graph g;
        Tensor picture = start();
        const Var x = g.leaf(picture), f = loss(x), slope = grad(f, {x})[0], size = sum(abs(slope));
        std::vector<Var> outputs = momentum_step(x, slope, g.number(0.02f), zeros(x.spec()));
        outputs.insert(outputs.end(), {f, size});
        Plan plan(g, outputs, {.device = device});
        for (Standing s;; ++s.step) {
            REQUIRE(s.step < rows);
            s.x = copy_of(picture);
            plan.run();
            s.losses.push_back(static_cast<float>(plan.number(f)));
            if (!std::isfinite(plan.number(f)) || !std::isfinite(plan.number(size)))
                s.why = static_cast<std::int32_t>(LatchReason::not_finite);
            else if (-plan.number(f) >= level)
                s.why = static_cast<std::int32_t>(LatchReason::reached);
            if (s.why != 0) return s;
        }
    }

    /// A loop of so many runs, at which nobody looks before its end.
    Standing latched(Device* device, int runs) const {
        Graph g;
        Tensor picture = start(), curve({rows, 1}, std::vector<float>(rows, -7));
        Tensor reason = zeros(Spec(Shape{1}, DType::i32)), count = zeros(reason.spec());
        const Var x = g.leaf(picture), held = g.leaf(reason), step = g.leaf(count);
        const Var f = loss(x), slope = grad(f, {x})[0];
        const Var stop = latch(held, {f, sum(abs(slope))}, scale(f, -1), level);
        std::vector<Var> outputs = momentum_step(x, gate(slope, stop), gate(g.number(0.02f), stop), zeros(x.spec()));
        outputs.push_back(note(g.leaf(curve), step, {f}));
        outputs.push_back(assign(step, increment(step, gate(cases::whole_numbers(g, {1}, {1}), stop))));
        outputs.push_back(assign(held, stop));
        Plan plan(g, outputs, {.device = device});
        for (int i = 0; i < runs; ++i) plan.run();
        return {copy_of(picture), count.values<std::int32_t>()[0], reason.values<std::int32_t>()[0], copy_of(curve)};
    }

    /// The latched search is where the watched one stopped, however late somebody looks, and not before.
    void check(LatchReason expected) const {
        for (Device* device : test::devices()) {
            CAPTURE(device->name());
            const Standing stopped = watched(device);
            CHECK(stopped.why == static_cast<std::int32_t>(expected));
            CHECK(stopped.step > 3);
            for (const int late : {1, 2, 30}) {
                const Standing s = latched(device, stopped.step + late);
                CHECK(same_bytes(s.x, stopped.x));
                CHECK(s.step == stopped.step);
                CHECK(s.why == stopped.why);
                std::vector<float> losses = stopped.losses;
                losses.resize(rows, -7);
                CHECK(same_bytes(s.losses, losses));
            }
            const Standing going = latched(device, stopped.step);  // one run less: it has not looked at that step
            CHECK(same_bytes(going.x, stopped.x));
            CHECK(going.step == stopped.step);
            CHECK(going.why == 0);
        }
    }
};

}  // namespace

TEST_SUITE("latch") {
    TEST_CASE("goes on while numbers are finite and the score is below the level") {
        check_latch(0, 0, {1, -2, 0});
        check_latch(0, 0, {1}, 0.5, 0.75);
        check_latch(0, 0, {}, -infinite, 0);
        check_latch(0, 0, {}, std::nan(""), 0);
    }
    TEST_CASE("says that the score was reached, also exactly") {
        check_latch(1, 0, {1}, 0.75, 0.75);
        check_latch(1, 0, {}, 3, -1);
        check_latch(1, 0, {1}, infinite, 1);
    }
    TEST_CASE("says that a number is not finite, before it says that the score was reached") {
        check_latch(2, 0, {std::nan("")});
        check_latch(2, 0, {1, 2, infinite});
        check_latch(2, 0, {-infinite, 1});
        check_latch(2, 0, {std::nan(""), 1}, 1, 0.5);
        check_latch(2, 0, std::vector<double>(31, infinite), 0, 1);
    }
    TEST_CASE("holds what it held") {
        check_latch(1, 1, {std::nan("")}, 0, 1);
        check_latch(2, 2, {1}, 1, 0.5);
        check_latch(-5, -5, {1}, 0, 1);
    }
    TEST_CASE("compares a number of f32 as it is, and takes both types at once") {
        for (Device* device : test::devices()) {
            Graph g;
            const Var held = cases::whole_numbers(g, {1}, {0}), f = test::number(g, 0.9, DType::f32),
                      d = test::number(g, 0.9, DType::f64);
            const auto now = [&](const std::vector<Var>& finite, Var score, double level) {
                return value(latch(held, finite, score, level), {.device = device}).values<std::int32_t>()[0];
            };
            CHECK(now({f, d, f}, d, 0.9) == 1);
            CHECK(now({d}, f, 0.9) == 0);
            CHECK(now({d}, f, 0.9f) == 1);
            CHECK(now({f, test::number(g, infinite, DType::f64), f}, d, 0.9) == 2);
            // finite in f64, although not in f32
            CHECK(now({f, test::number(g, 1e300, DType::f64)}, d, 2) == 0);
        }
    }
    TEST_CASE("a gated search stands still at the step that reached the level, bit for bit") {
        Search{[](Var x) { return sum_squares(x); }, -0.5}.check(LatchReason::reached);
    }
    TEST_CASE("a gated search stands still at the step whose loss is no number") {
        Search{[](Var x) { return sum(log(x)); }}.check(LatchReason::not_finite);
    }
    TEST_CASE("refuses numbers that are none") {
        Graph g;
        const Var held = cases::whole_numbers(g, {1}, {0}), one = g.number(1);
        const Var two = g.leaf(test::noise_tensor({2}));
        test::check_refuses([&] { latch(one, {one}); }, "latch: was given f32 (1) as held, expected i32 (1)");
        test::check_refuses([&] { latch(held, {}); }, "latch: was given no number to look at");
        test::check_refuses(
            [&] {
                latch(held, {one, two});
            },
            "latch: was given f32 (2), expected one number, f32 or f64");
        test::check_refuses([&] { latch(held, {one}, held, 1); }, "latch: was given i32 (1), expected one number");
        test::check_refuses([&] { latch(held, std::vector<Var>(32, one), one); }, "33 numbers, expected at most 32");
        test::check_refuses([&] { latch(held, {one}, one, std::nan("")); }, "latch: was given the level nan");
    }
}
