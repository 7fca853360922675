#include "ops/best_match.h"

#include "tests/check.h"

using namespace gradus;

TEST_SUITE("best_match") {
    TEST_CASE("picks the row with the largest product, the first of equals") {
        Graph g;
        Var x = g.leaf(Tensor({1, 1, 3, 2}, {1, 0, 0, 1, 1, 1}));
        Var guide = g.leaf(Tensor({4, 2}, {2, 0, 0, 3, 3, 0, 0, 3}));
        const Tensor y = value(best_match(x, guide));
        const float expected[] = {3, 0, 0, 3, 0, 3};
        for (std::size_t i = 0; i < 6; ++i) CHECK(y.values<float>()[i] == expected[i]);
    }
    TEST_CASE("every kernel agrees with the reference") {
        for (const Shape& x : {Shape{1, 5, 7, 3}, Shape{2, 4, 4, 40}, Shape{1, 1, 1, 17}})
            test::check_op({.name = "best_match " + to_string(x),
                            .shapes = {x, Shape{11, x.channels()}},
                            .f = [](const std::vector<Var>& in) { return best_match(in[0], in[1]); },
                            .differentiable = {},
                            .bf16 = false});
    }
    TEST_CASE("no gradient flows through the match") {
        Graph g;
        Var x = g.leaf(test::noise_tensor({1, 2, 2, 3})), guide = g.leaf(test::noise_tensor({4, 3}, 2));
        test::check_refuses([&] { grad(test::project(best_match(x, guide)), {x}); }, "does not depend");
    }
    TEST_CASE("channels must agree") {
        Graph g;
        test::check_refuses(
            [&] {
                best_match(g.leaf(test::noise_tensor({1, 2, 2, 3})), g.leaf(test::noise_tensor({4, 5})));
            },
            "expected the same channels");
    }
}
