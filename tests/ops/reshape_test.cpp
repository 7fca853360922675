#include "ops/reshape.h"

#include "ops/concat.h"
#include "ops/relu.h"
#include "ops/slice_channels.h"
#include "tests/check.h"

using namespace gradus;

TEST_SUITE("reshape") {
    TEST_CASE("every kernel agrees with the reference, and the gradient with differences") {
        test::check_op({.name = "reshape",
                        .shapes = {{2, 3, 4, 5}},
                        .f =
                            [](const std::vector<Var>& in) {
                                return reshape(relu(in[0]), {6, 20});
                            },
                        .kink = 0.05});
        test::check_op({.name = "reshape of a slice of a concatenation, and back into one",
                        .shapes = {{1, 4, 4, 6}},
                        .f =
                            [](const std::vector<Var>& in) {
                                const Var both = concat({relu(in[0]), in[0]});
                                const Var turned = reshape(slice_channels(both, 3, 6), {1, 4, 4, 6});
                                return concat({turned, reshape(relu(turned), {1, 4, 4, 6})});
                            },
                        .kink = 0.05});
    }
    TEST_CASE("is a view, also of what was asked for") {
        Graph g;
        const Var x = relu(g.leaf(test::noise_tensor({2, 3, 4, 5}))), y = reshape(x, {6, 20});
        Plan plan(g, {x, y});
        CHECK(plan.memory().arena == 120 * sizeof(float));
        plan.poison();
        plan.run();
        CHECK(plan.read(y).shape() == Shape{6, 20});
        CHECK(test::relative_error(plan.read(y), Tensor({6, 20}, plan.read(x).values<float>())) == 0);
    }
    TEST_CASE("keeps what it shows when its source is worked on in place") {
        Graph g;
        const Var x = relu(g.leaf(Tensor({2, 2}, {1, 2, 3, 4}))), y = reshape(x, {4}), twice = add(x, x);
        Plan plan(g, {twice, y});
        plan.poison();
        plan.run();
        for (std::size_t i = 0; i < 4; ++i) {
            CHECK(plan.read(y).values<float>()[i] == static_cast<float>(i + 1));
            CHECK(plan.read(twice).values<float>()[i] == static_cast<float>(2 * i + 2));
        }
    }
    TEST_CASE("refuses another number of values") {
        Graph g;
        test::check_refuses([&] { reshape(g.leaf(test::noise_tensor({2, 3})), {7}); }, "has 6 values and (7) has 7");
    }
}
