#include "ops/gram.h"

#include "tests/golden_op.h"

using namespace gradus;

TEST_SUITE("gram") {
    TEST_CASE("sums the products of channels over the pixels, picture by picture") {
        Graph g;
        const Tensor y = value(gram(g.leaf(Tensor({2, 1, 2, 2}, {1, 2, 3, 4, 5, 0, 0, 1}))));
        CHECK(y.shape() == Shape{2, 2, 2});
        const float expected[] = {10, 14, 14, 20, 25, 0, 0, 1};
        for (std::size_t i = 0; i < 8; ++i) CHECK(y.values<float>()[i] == expected[i]);
    }
    TEST_CASE("every kernel agrees with the reference, and the gradient with differences") {
        for (const Shape& shape : {Shape{1, 14, 14, 64}, Shape{1, 1, 1, 1}, Shape{2, 3, 5, 17}, Shape{1, 67, 61, 3}})
            test::check_op({.name = "gram " + to_string(shape),
                            .shapes = {shape},
                            .f = [](const std::vector<Var>& in) { return gram(in[0]); },
                            .sum_length = static_cast<double>(shape[1] * shape[2] + shape[3]),
                            .bf16 = false});
    }
    TEST_CASE("agrees with PyTorch") { test::check_golden("gram", gram); }
    TEST_CASE("refuses what is no batch of pictures in f32") {
        Graph g;
        test::check_refuses([&] { gram(g.leaf(test::noise_tensor({4, 4}))); }, "expected (N,H,W,C)");
        test::check_refuses([&] { gram(g.leaf(test::noise_tensor({1, 2, 2, 3}, 1, DType::bf16))); }, "expected f32");
    }
}
