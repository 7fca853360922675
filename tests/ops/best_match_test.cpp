#include "ops/best_match.h"

#include <cmath>

#include "tests/check.h"

using namespace gradus;

TEST_SUITE("best_match") {
    TEST_CASE("picks the row with the largest product, the first of equals") {
        Graph g;
        Var x = g.leaf(Tensor({1, 1, 3, 2}, {1, 0, 0, 1, 1, 1}));
        Var guide = g.leaf(Tensor({4, 2}, {2, 0, 0, 3, 3, 0, 0, 3}));
        const float expected[] = {3, 0, 0, 3, 0, 3};
        for (Device* device : test::devices()) {
            const Tensor y = value(best_match(x, guide), {.device = device});
            for (std::size_t i = 0; i < 6; ++i) CHECK(y.values<float>()[i] == expected[i]);
        }
    }
    TEST_CASE("a NaN in the first row stays, a later one is never taken") {
        const float nan = std::nanf("");
        Graph g;
        const Var x = g.leaf(Tensor({1, 1, 1, 1}, {1}));
        const Var early = g.leaf(Tensor({3, 1}, {nan, 5, 7})), late = g.leaf(Tensor({3, 1}, {-2, nan, -3}));
        for (Device* device : test::devices())
            for (const char* kernels : {"", "reference"}) {
                const PlanOptions options{.device = device, .kernels = KernelFilter(kernels)};
                CHECK(std::isnan(value(best_match(x, early), options).values<float>()[0]));
                CHECK(value(best_match(x, late), options).values<float>()[0] == -2);
            }
    }
    TEST_CASE("every kernel agrees with the reference") {
        for (const auto& [x, rows] : {std::pair{Shape{1, 5, 7, 3}, 11}, std::pair{Shape{2, 4, 4, 40}, 11},
                                      std::pair{Shape{1, 1, 1, 17}, 11}, std::pair{Shape{1, 9, 8, 20}, 150}})
            test::check_op({.name = "best_match " + to_string(x),
                            .shapes = {x, Shape{rows, x.channels()}},
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
