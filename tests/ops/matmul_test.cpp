#include "ops/matmul.h"

#include "tests/check.h"

using namespace gradus;

TEST_SUITE("matmul") {
    TEST_CASE("multiplies rows by columns") {
        Graph g;
        const Var a = g.leaf(Tensor({2, 3}, {1, 2, 3, 4, 5, 6})), b = g.leaf(Tensor({3, 1}, {1, 10, 100}));
        const Tensor y = value(matmul(a, b));
        CHECK(y.shape() == Shape{2, 1});
        CHECK(y.values<float>()[0] == 321);
        CHECK(y.values<float>()[1] == 654);
    }
    TEST_CASE("every kernel agrees with the reference, and the gradient with differences") {
        struct Sizes {
            std::int64_t batch, M, N, K;
        };
        for (const auto& [batch, M, N, K] :
             {Sizes{0, 1, 1, 1}, {0, 33, 17, 40}, {0, 1, 20, 100}, {3, 4, 70, 5}, {2, 16, 48, 31}})
            for (const bool ta : {false, true})
                for (const bool tb : {false, true}) {
                    Shape a = ta ? Shape{K, M} : Shape{M, K}, b = tb ? Shape{N, K} : Shape{K, N};
                    if (batch > 0) {
                        a = Shape{batch, a[0], a[1]};
                        b = Shape{batch, b[0], b[1]};
                    }
                    test::check_op({.name = "matmul " + to_string(a) + to_string(b),
                                    .shapes = {a, b},
                                    .f =
                                        [ta, tb](const std::vector<Var>& in) {
                                            return matmul(in[0], in[1], {.transpose_a = ta, .transpose_b = tb});
                                        },
                                    .sum_length = static_cast<double>(std::max({M, N, K})),
                                    .differentiable = {0, 1},
                                    .bf16 = false});
                }
    }
    TEST_CASE("refuses what does not fit") {
        Graph g;
        const auto of = [&](const Shape& shape, DType dtype = DType::f32) {
            return g.leaf(test::noise_tensor(shape, 1, dtype));
        };
        test::check_refuses([&] { matmul(of({2, 3}), of({2, 3})); }, "inner extents 3 and 2 differ");
        test::check_refuses(
            [&] {
                matmul(of({2, 3}), of({2, 3}), {.transpose_a = true, .transpose_b = true});
            },
            "(2, 3) transposed and (2, 3) transposed");
        test::check_refuses([&] { matmul(of({2, 2, 3}), of({3, 3, 2})); }, "two batches of as many");
        test::check_refuses([&] { matmul(of({6}), of({6})); }, "expected two matrices");
        test::check_refuses([&] { matmul(of({2, 3}), of({3, 2}, DType::f64)); }, "expected f32 like the other inputs");
    }
}
