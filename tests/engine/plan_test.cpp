#include "engine/plan.h"

#include <cmath>

#include "engine/schedule.h"
#include "ops/arithmetic.h"
#include "ops/assign.h"
#include "ops/concat.h"
#include "ops/max_pool2d.h"
#include "ops/pointwise.h"
#include "ops/reduce.h"
#include "ops/relu.h"
#include "ops/reshape.h"
#include "ops/slice_channels.h"
#include "tests/check.h"

using namespace gradus;

namespace {

std::vector<float> floats(const Tensor& t) { return {t.values<float>().begin(), t.values<float>().end()}; }

int running(const Plan& plan) { return static_cast<int>(plan.report().size()); }

}  // namespace

TEST_SUITE("plan") {
    TEST_CASE("what the outputs do not need does not run") {
        Graph g;
        Var x = g.number(2), y = exp(x);
        exp(y);
        Plan plan(g, {y});
        CHECK(running(plan) == 1);
        plan.run();
        CHECK(plan.number(y) == doctest::Approx(std::exp(2.0)));
        test::check_refuses([&] { plan.read(x); }, "was not asked for");
    }
    TEST_CASE("a leaf may be an output") {
        Graph g;
        Var x = g.number(2);
        Plan plan(g, {x});
        plan.run();
        CHECK(plan.number(x) == 2);
    }
    TEST_CASE("recording after planning changes nothing") {
        Graph g;
        Var x = g.leaf(test::noise_tensor({100})), y = exp(x), z = scale(y, 2);
        Plan plan(g, {z});
        plan.run();
        const auto before = floats(plan.read(z));
        for (int i = 0; i < 100; ++i) y = exp(scale(y, 0.5));
        g.leaf(test::noise_tensor({1000}));
        plan.run();
        CHECK(floats(plan.read(z)) == before);
    }
    TEST_CASE("a sum is folded into the kernel of one term, and asked-for terms are kept") {
        Graph g;
        Var x = g.leaf(Tensor({2}, {1, 2}));
        Var a = scale(x, 3), b = scale(x, 10), y = add(a, b);
        const auto check = [&](const std::vector<Var>& outputs, int steps) {
            Plan plan(g, outputs);
            CHECK(running(plan) == steps);
            plan.poison();
            plan.run();
            for (const Var v : outputs)
                CHECK(floats(plan.read(v)) == (v.id == a.id   ? std::vector<float>{3, 6}
                                               : v.id == b.id ? std::vector<float>{10, 20}
                                                              : std::vector<float>{13, 26}));
        };
        check({y}, 2);     // folded
        check({y, a}, 3);  // a has one reader, and is an output: it must stay as it is
        check({y, b}, 3);
        check({a, b, y}, 3);
    }
    TEST_CASE("a term that is read again is not written over") {
        Graph g;
        Var x = g.leaf(Tensor({2}, {1, 2}));
        Var a = scale(x, 3), y = add(a, scale(x, 10)), z = multiply(a, y);
        CHECK(floats(value(z)) == std::vector<float>{39, 156});
    }
    TEST_CASE("a leaf is never written over") {
        Graph g;
        const Tensor leaf({2}, {-1, 2});
        Var x = g.leaf(leaf);
        CHECK(floats(value(add(relu(x), scale(x, 2)))) == std::vector<float>{-2, 6});
        CHECK(floats(value(relu(x))) == std::vector<float>{0, 2});
        CHECK(floats(leaf) == std::vector<float>{-1, 2});
    }
    TEST_CASE("pointwise chains work in place") {
        Graph g;
        Var y = g.leaf(test::noise_tensor({1000}));
        for (int i = 0; i < 10; ++i) y = sigmoid(y);
        CHECK(Plan(g, {y}).memory().arena == 4000);
    }
    TEST_CASE("in place over a value of which another input is a part") {
        // b is the first pixel of a: y may not go where a is.
        Graph g;
        Var x = g.leaf(Tensor({2, 2}, {1, 2, 3, 4}));
        Var a = scale(x, 1), b = reshape(slice_channels(a, 0, 1), {2});
        CHECK(floats(value(multiply(a, b))) == std::vector<float>{1, 6, 3, 12});
        Var flat = reshape(a, {4}), part = slice_channels(flat, 0, 2);
        CHECK(floats(value(multiply(a, part))) == std::vector<float>{1, 4, 3, 8});
    }
    TEST_CASE("channels of a reshaped value are other channels") {
        Graph g;
        Var x = g.leaf(Tensor({2, 6}, {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}));
        Var a = scale(x, 1), narrow = reshape(a, {4, 3});
        Var y = scale(slice_channels(narrow, 2, 1), -1), z = slice_channels(a, 4, 2);
        Var both = add(sum(y), sum(z));
        CHECK(value(both).values<float>()[0] == -(2 + 5 + 8 + 11) + (4 + 5 + 10 + 11));
    }
    TEST_CASE("all channels of a strided value are strided") {
        Graph g;
        Var x = g.leaf(Tensor({2, 3}, {1, 2, 3, 4, 5, 6}));
        Var one = slice_channels(x, 1, 1), again = slice_channels(one, 0, 1);
        CHECK(floats(value(reshape(again, {2}))) == std::vector<float>{2, 5});
    }
    TEST_CASE("branches are written into their concatenation") {
        Graph g;
        Var x = g.leaf(test::noise_tensor({1, 4, 4, 8}));
        Var y = concat({exp(x), sigmoid(x), x, relu(slice_channels(x, 2, 3))});
        Plan plan(g, {y});
        CHECK(plan.memory().arena == 16 * 27 * 4);
        plan.poison();
        plan.run();
        const Tensor got = plan.read(y), in = value(x), e = value(exp(x)), s = value(sigmoid(x));
        for (std::size_t p = 0; p < 16; ++p)
            for (std::size_t c = 0; c < 8; ++c) {
                CHECK(got.values<float>()[p * 27 + c] == e.values<float>()[p * 8 + c]);
                CHECK(got.values<float>()[p * 27 + 8 + c] == s.values<float>()[p * 8 + c]);
                CHECK(got.values<float>()[p * 27 + 16 + c] == in.values<float>()[p * 8 + c]);
                if (c < 3)
                    CHECK(got.values<float>()[p * 27 + 24 + c] == std::fmax(in.values<float>()[p * 8 + 2 + c], 0.0f));
            }
    }
    TEST_CASE("a second output that nobody reads has no memory") {
        Graph g;
        Var x = g.leaf(test::noise_tensor({1, 8, 8, 4})), y = max_pool2d(x, {});
        const std::size_t bytes = y.spec().bytes();
        std::vector<std::vector<float>> results;
        for (const char* kernels : {"cpu", "reference"}) {
            Plan plan(g, {y}, {.kernels = KernelFilter(kernels)});
            CHECK(plan.memory().arena == bytes);
            plan.poison();
            plan.run();
            results.push_back(floats(plan.read(y)));
        }
        CHECK(results[0] == results[1]);
        CHECK(std::isfinite(results[0][0]));
        // With the gradient there are indices, a byte each.
        const Plan both(g, {y, grad(sum(y), {x})[0]});
        CHECK(both.memory().arena >= bytes + bytes / 4 + x.spec().bytes());
    }
    TEST_CASE("a value twice in one concatenation") {
        Graph g;
        Var y = exp(g.leaf(Tensor({1}, {0})));
        CHECK(floats(value(concat({y, y}))) == std::vector<float>{1, 1});
        CHECK(floats(value(multiply(concat({y, y}), concat({y, scale(y, 2)})))) == std::vector<float>{1, 2});
    }
    TEST_CASE("the state is written last, and the next run sees it") {
        Graph g;
        Tensor x({1, 2}, {1, 10}), v({1, 2}, {0, 0});
        Var state = g.leaf(x), velocity = g.leaf(v);
        Var faster = add(scale(velocity, 0.5), state);
        Var set_velocity = assign(velocity, faster), moved = assign(state, subtract(state, scale(faster, 0.5)));
        Var old = scale(state, 1), view = slice_channels(state, 1, 1);
        Plan plan(g, {set_velocity, moved, old, view});
        plan.run();
        CHECK(floats(v) == std::vector<float>{1, 10});
        CHECK(floats(x) == std::vector<float>{0.5f, 5});
        CHECK(floats(plan.read(old)) == std::vector<float>{1, 10});  // as it was before the run
        CHECK(floats(plan.read(view)) == std::vector<float>{10});    // a view too
        CHECK(floats(plan.read(moved)) == std::vector<float>{0.5f, 5});
        plan.run();
        CHECK(floats(v) == std::vector<float>{1, 10});
        CHECK(floats(x) == std::vector<float>{0, 0});
    }
    TEST_CASE("a state that moves to where another was is read before that one moves") {
        Graph g;
        Var a = g.number(1), b = g.number(2), set_a = assign(a, b), set_b = assign(b, a);
        test::check_refuses([&] { Plan plan(g, {set_a, set_b}); }, "plan: a state is assigned the values of another");
        Plan one(g, {set_b});
        one.run();
        CHECK(value(b).values<float>()[0] == 1);
    }
    TEST_CASE("the result of an assign is for reading back, not for ops") {
        Graph g;
        Var a = g.number(1), moved = assign(a, scale(a, 2));
        test::check_refuses([&] { Plan plan(g, {exp(moved)}); }, "plan: exp reads the result of an assign");
    }
    TEST_CASE("plans share one arena in turn") {
        const auto arena = std::make_shared<Arena>();
        Graph g;
        Var small = exp(g.leaf(test::noise_tensor({10}))), large = exp(g.leaf(test::noise_tensor({1000})));
        Plan a(g, {small}, {.arena = arena});
        a.run();
        const auto first = floats(a.read(small));
        Plan b(g, {large}, {.arena = arena});
        CHECK(arena->bytes() == 4000);
        b.run();  // moves the arena
        CHECK(floats(b.read(large)) == floats(value(large)));
        a.run();
        CHECK(floats(a.read(small)) == first);
        CHECK(a.memory().arena == 40);
    }
    TEST_CASE("reads only what it was asked for, after it ran") {
        Graph g, other;
        Var y = exp(g.number(1));
        Plan plan(g, {y});
        test::check_refuses([&] { plan.read(y); }, "before the first run");
        test::check_refuses([&] { Plan wrong(g, {other.number(1)}); }, "belongs to another graph");
    }
    TEST_CASE("poison shows what nobody wrote") {
        static const Op lazy = [] {
            Candidate nothing;
            nothing.name = "test";
            nothing.run = [](const Call&) {};
            return Op{.name = "lazy", .infer = [](const Problem& p) { return p.in; }, .candidates = {nothing}};
        }();
        Graph g;
        Var y = call(lazy, {g.number(1)});
        Plan plan(g, {y});
        plan.poison();
        plan.run();
        CHECK(std::isnan(plan.number(y)));
    }
    TEST_CASE("says beforehand what it takes and what it does") {
        Graph g;
        Var x = g.leaf(test::noise_tensor({1, 8, 8, 4})), y = exp(x);
        g.name(y, "relu5");
        Plan plan(g, {y, sum(y)});
        const MemoryReport memory = plan.memory();
        CHECK(memory.leaves == 1024);
        CHECK(memory.packed == 0);
        CHECK(memory.arena >= 1024 + 4);
        const auto report = plan.report();
        CHECK(report.at(0).op == "exp");
        CHECK(report.at(0).kernel == "cpu");
        CHECK(report.at(0).name == "relu5");
        CHECK(report.at(0).cost.bytes == 2048);
        CHECK(report.at(0).seconds == 0);
        plan.profile(true);
        plan.run();
        CHECK(plan.report().at(0).seconds > 0);
    }
}
