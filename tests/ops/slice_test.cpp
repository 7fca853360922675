#include "ops/slice.h"

#include "ops/concat.h"
#include "ops/relu.h"
#include "ops/reshape.h"
#include "ops/slice_channels.h"
#include "tests/check.h"

using namespace gradus;

namespace {

std::vector<float> values(const Tensor& t) { return {t.values<float>().begin(), t.values<float>().end()}; }

/// How a slice is made in the plan, "view" or with the name of its kernel.
std::string way(const Plan& plan, const std::string& op) {
    for (const StepReport& step : plan.report(true))
        if (step.op == op) return step.kernel.empty() ? step.how : step.kernel;
    return "not there";
}

}  // namespace

TEST_SUITE("slice") {
    TEST_CASE("takes entries along any axis") {
        Graph g;
        const Var x = g.leaf(Tensor({2, 3, 2}, {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}));
        CHECK(values(value(slice(x, 0, 1, 1))) == std::vector<float>{6, 7, 8, 9, 10, 11});
        CHECK(values(value(slice(x, 1, 1, 2))) == std::vector<float>{2, 3, 4, 5, 8, 9, 10, 11});
        CHECK(values(value(slice(x, 2, 1, 1))) == std::vector<float>{1, 3, 5, 7, 9, 11});
        CHECK(slice(x, 1, 0, 1).shape() == Shape{2, 1, 2});
    }
    TEST_CASE("every kernel agrees with the reference, and the gradient with differences") {
        for (const bool of_leaf : {true, false})
            for (int axis = 0; axis < 4; ++axis)
                for (const bool one : {true, false})
                    test::check_op({.name = "slice along axis " + std::to_string(axis),
                                    .shapes = {{3, 4, 5, 18}},
                                    .f =
                                        [&](const std::vector<Var>& in) {
                                            return slice(of_leaf ? in[0] : relu(in[0]), axis, 1, one ? 1 : 2);
                                        },
                                    .kink = 0.05});
        test::check_op({.name = "all of a slice of a concatenation",
                        .shapes = {{2, 3, 3, 6}},
                        .f =
                            [](const std::vector<Var>& in) {
                                const Var both = concat({relu(in[0]), add(in[0], in[0])});
                                return concat({slice(slice_channels(both, 3, 6), 0, 1, 1),
                                               slice(slice_channels(both, 0, 12), 0, 0, 1)});
                            },
                        .kink = 0.05});
    }
    TEST_CASE("channels of anything and items of a batch are views, rows of a batch are not") {
        Graph g;
        const Var x = relu(g.leaf(test::noise_tensor({2, 3, 4, 8})));
        const Var channels = slice_channels(x, 2, 3), item = slice(x, 0, 1, 1), rows = slice(x, 1, 1, 2);
        const auto plan = [&](Var y) { return Plan(g, {y, x}); };
        CHECK(way(plan(channels), "slice_channels") == "view");
        CHECK(way(plan(item), "slice") == "view");
        CHECK(way(plan(rows), "slice") == "cpu");
        CHECK(plan(channels).memory().arena == 2 * 3 * 4 * 8 * sizeof(float));
        CHECK(plan(item).memory().arena == 2 * 3 * 4 * 8 * sizeof(float));
    }
    TEST_CASE("what works in place on a slice leaves alone what is still read") {
        // add works in place; twice the slice must not end up in x, which was asked for, nor in the other slice.
        for (const bool flat : {false, true})
            for (const bool also : {false, true}) {
                Graph g;
                const Var x = relu(g.leaf(Tensor({1, 2, 2, 2}, {1, 2, 3, 4, 5, 6, 7, 8})));
                const Var wide = flat ? reshape(x, {1, 1, 1, 8}) : x;
                const int half = flat ? 4 : 1;
                const Var first = slice_channels(wide, 0, half), second = slice_channels(wide, half, half);
                const Var twice = add(second, second), sum = add(twice, first);
                Plan plan(g, also ? std::vector{x, sum, second} : std::vector{x, sum});
                plan.poison();
                plan.run();
                CHECK(values(plan.read(x)) == std::vector<float>{1, 2, 3, 4, 5, 6, 7, 8});
                CHECK(values(plan.read(sum)) ==
                      (flat ? std::vector<float>{11, 14, 17, 20} : std::vector<float>{5, 11, 17, 23}));
                if (also)
                    CHECK(values(plan.read(second)) ==
                          (flat ? std::vector<float>{5, 6, 7, 8} : std::vector<float>{2, 4, 6, 8}));
            }
    }
    TEST_CASE("gradients of slices that overlap add up where they do") {
        Graph g;
        const Var x = g.leaf(Tensor({1, 4}, {1, 2, 3, 4}));
        const Var loss = add(test::weighted_sum(slice_channels(x, 0, 3), {1, 2, 3}),
                             test::weighted_sum(slice_channels(x, 1, 3), {10, 20, 30}));
        CHECK(values(value(grad(loss, {x})[0])) == std::vector<float>{1, 12, 23, 30});
    }
    TEST_CASE("refuses what is not there") {
        Graph g;
        const Var x = g.leaf(test::noise_tensor({2, 3, 4}));
        test::check_refuses([&] { slice_channels(x, 2, 3); }, "3 channels from channel 2 of f32 (2, 3, 4)");
        test::check_refuses([&] { slice_channels(x, -1, 2); }, "from channel -1");
        test::check_refuses([&] { slice(x, 3, 0, 1); }, "there is no axis 3");
        test::check_refuses([&] { slice(x, 1, 2, 2); }, "2 entries from entry 2 along axis 1");
        test::check_refuses([&] { slice(x, 0, 0, 0); }, "0 entries");
    }
}
