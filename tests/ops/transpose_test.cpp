#include "ops/transpose.h"

#include "ops/slice_channels.h"
#include "tests/check.h"

using namespace gradus;

TEST_SUITE("transpose") {
    TEST_CASE("rows become columns, matrix by matrix") {
        Graph g;
        const Tensor y = value(transpose(g.leaf(Tensor({2, 2, 3}, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}))));
        CHECK(y.shape() == Shape{2, 3, 2});
        const float expected[] = {1, 4, 2, 5, 3, 6, 7, 10, 8, 11, 9, 12};
        for (std::size_t i = 0; i < 12; ++i) CHECK(y.values<float>()[i] == expected[i]);
    }
    TEST_CASE("every kernel agrees with the reference, and the gradient with differences") {
        // Few rows, few columns, tiles of 16 and 32 and what is left of them, pieces of 64, and several blocks of work.
        for (const Shape& shape :
             {Shape{1, 1}, Shape{5, 1}, Shape{1, 5}, Shape{7, 3, 224}, Shape{7, 224, 3}, Shape{3, 5003}, Shape{9001, 3},
              Shape{2, 2, 5, 4}, Shape{3, 2, 65}, Shape{3, 64, 80}, Shape{2, 17, 33}, Shape{130, 97}, Shape{40, 6}})
            test::check_op({.name = "transpose " + to_string(shape),
                            .shapes = {shape},
                            .f = [](const auto& in) { return transpose(in[0]); },
                            .bf16 = shape.size() > 1});  // the sum of two rounded gradients may be nearly 0
    }
    TEST_CASE("takes channels of a wider tensor, and writes into one") {
        for (const Shape& shape : {Shape{4, 30, 8}, Shape{40, 50}})
            test::check_op({.name = "transpose of a slice " + to_string(shape),
                            .shapes = {shape},
                            .f = [](const auto& in) { return transpose(slice_channels(in[0], 2, 3)); }});
    }
    TEST_CASE("twice is nothing") {
        Graph g;
        const Tensor x = test::noise_tensor({3, 70, 35});
        const Tensor y = value(transpose(transpose(g.leaf(x))));
        CHECK(std::equal(x.values<float>().begin(), x.values<float>().end(), y.values<float>().begin()));
    }
    TEST_CASE("refuses what has no two axes") {
        Graph g;
        test::check_refuses(
            [&] {
                transpose(g.leaf(Tensor({3}, {1, 2, 3})));
            },
            "transpose: was given f32 (3), expected two axes or more");
    }
}
