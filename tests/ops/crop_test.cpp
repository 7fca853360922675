#include "ops/crop.h"

#include <array>

#include "tests/check.h"

using namespace gradus;

TEST_SUITE("crop") {
    TEST_CASE("takes the part whose corner is named") {
        Graph g;
        const Tensor y = value(crop(g.leaf(Tensor({1, 3, 3, 1}, {1, 2, 3, 4, 5, 6, 7, 8, 9})), 1, 0, 2, 2));
        CHECK(y.shape() == Shape{1, 2, 2, 1});
        const float expected[] = {4, 5, 7, 8};
        for (std::size_t i = 0; i < 4; ++i) CHECK(y.values<float>()[i] == expected[i]);
    }
    TEST_CASE("every kernel agrees with the reference, and the gradient with differences") {
        for (const auto& [shape, part] : {std::pair{Shape{2, 4, 5, 3}, std::array{1, 2, 3, 2}},
                                          std::pair{Shape{1, 1, 1, 5}, std::array{0, 0, 1, 1}},
                                          std::pair{Shape{1, 130, 67, 3}, std::array{7, 0, 120, 67}},
                                          std::pair{Shape{1, 9, 9, 64}, std::array{0, 8, 9, 1}}})
            test::check_op(
                {.name = "crop " + to_string(shape), .shapes = {shape}, .f = [&, p = part](const std::vector<Var>& in) {
                     return crop(in[0], p[0], p[1], p[2], p[3]);
                 }});
    }
    TEST_CASE("refuses what does not lie inside") {
        Graph g;
        const Var x = g.leaf(Tensor({1, 2, 2, 1}, {1, 2, 3, 4}));
        for (const auto& p :
             {std::array{0, 0, 3, 1}, std::array{1, 0, 2, 1}, std::array{0, -1, 1, 1}, std::array{0, 0, 0, 1}})
            test::check_refuses([&] { crop(x, p[0], p[1], p[2], p[3]); }, "expected a part of f32 (1, 2, 2, 1)");
    }
}
