#include "ops/flip.h"

#include "tests/check.h"

using namespace gradus;

TEST_SUITE("flip") {
    TEST_CASE("turns the order of rows or of columns round") {
        Graph g;
        const Var x = g.leaf(Tensor({1, 2, 2, 2}, {1, 2, 3, 4, 5, 6, 7, 8}));
        const Tensor rows = value(flip(x, 1)), columns = value(flip(x, 2));
        const float upside_down[] = {5, 6, 7, 8, 1, 2, 3, 4}, mirrored[] = {3, 4, 1, 2, 7, 8, 5, 6};
        for (std::size_t i = 0; i < 8; ++i) {
            CHECK(rows.values<float>()[i] == upside_down[i]);
            CHECK(columns.values<float>()[i] == mirrored[i]);
        }
    }
    TEST_CASE("every kernel agrees with the reference, and the gradient with differences") {
        for (const int axis : {1, 2})
            for (const Shape& shape :
                 {Shape{1, 1, 1, 1}, Shape{2, 3, 5, 7}, Shape{1, 65, 129, 3}, Shape{1, 65, 130, 3}})
                test::check_op({.name = "flip " + to_string(shape),
                                .shapes = {shape},
                                .f = [=](const std::vector<Var>& in) { return flip(in[0], axis); },
                                .bf16 = false});
    }
    TEST_CASE("refuses the axes of pictures and channels") {
        Graph g;
        test::check_refuses(
            [&] {
                flip(g.leaf(Tensor({1, 1, 1, 1}, {1})), 3);
            },
            "the axis 3, expected 1 (rows) or 2 (columns)");
    }
}
