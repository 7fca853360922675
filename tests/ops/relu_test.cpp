#include "ops/relu.h"

#include <array>

#include "tests/check.h"

using namespace gradus;

TEST_SUITE("relu") {
    TEST_CASE("keeps positives and zeroes the rest") {
        Graph g;
        const Tensor y = value(relu(g.leaf(Tensor({4}, {-1.0f, 0.0f, 0.5f, 2.0f}))));
        const float expected[] = {0.0f, 0.0f, 0.5f, 2.0f};
        for (std::size_t i = 0; i < 4; ++i) CHECK(y.values<float>()[i] == expected[i]);
    }
    TEST_CASE("every kernel agrees with the reference, and the gradient with differences") {
        for (const Shape& shape : {Shape{1, 1, 1, 1}, Shape{2, 3, 5, 7}, Shape{1, 9, 9, 64}, Shape{1, 130, 130, 3}})
            test::check_op({.name = "relu " + to_string(shape),
                            .shapes = {shape},
                            .f = [](const std::vector<Var>& in) { return relu(in[0]); },
                            .kink = 0.05});
    }
    TEST_CASE("the gradient is zero at the kink and below, and the rules filter it") {
        for (const auto& [rule, expected] : {std::pair{ReluRule::plain, std::array{0.0f, 0.0f, -2.0f, 3.0f}},
                                             std::pair{ReluRule::guided, std::array{0.0f, 0.0f, 0.0f, 3.0f}},
                                             std::pair{ReluRule::deconvnet, std::array{5.0f, 1.0f, 0.0f, 3.0f}}}) {
            // loss = y . r, whose gradient with respect to y is r; r is what the ReLU filters
            Graph g;
            Var x = g.leaf(Tensor({4}, {-1.0f, 0.0f, 1.0f, 1.0f}));
            Var y = relu(x, rule);
            Var dx = grad(test::weighted_sum(y, {5.0f, 1.0f, -2.0f, 3.0f}), {x})[0];
            const Tensor got = value(dx);
            for (std::size_t i = 0; i < 4; ++i) CHECK(got.values<float>()[i] == expected[i]);
        }
    }
}
