#include "ops/affine_sample.h"

#include <cmath>

#include "ops/flip.h"
#include "tests/check.h"

using namespace gradus;

namespace {

std::vector<float> sampled(const std::vector<float>& matrix, AffineOptions options = {}) {
    Graph g;
    const Tensor x({1, 2, 3, 1}, {1, 2, 3, 4, 5, 6});
    const Tensor y = value(affine_sample(g.leaf(x), g.leaf(Tensor(Shape{2, 3}, matrix)), 2, 3, options));
    return {y.values<float>().begin(), y.values<float>().end()};
}

}  // namespace

TEST_SUITE("affine_sample") {
    TEST_CASE("reads where the matrix says, between pixels too") {
        CHECK(sampled({1, 0, 0, 0, 1, 0}) == std::vector<float>{1, 2, 3, 4, 5, 6});
        CHECK(sampled({1, 0, 0, 0, -1, 2}) == std::vector<float>{3, 2, 1, 6, 5, 4});
        CHECK(sampled({0, 0, 0.5f, 0, 0, 0.25f}) == std::vector<float>(6, 2.75f));
    }
    TEST_CASE("beyond the border lies the fill, or the picture continued") {
        const std::vector<float> right{1, 0, 0, 0, 1, 1.5f};
        CHECK(sampled(right, {.fill = 10}) == std::vector<float>{2.5f, 6.5f, 10, 5.5f, 8, 10});
        CHECK(sampled(right, {.border = PadMode::replicate}) == std::vector<float>{2.5f, 3, 3, 5.5f, 6, 6});
        CHECK(sampled(right, {.border = PadMode::reflect}) == std::vector<float>{2.5f, 2.5f, 1.5f, 5.5f, 5.5f, 4.5f});
        CHECK(sampled(right, {.border = PadMode::circular}) == std::vector<float>{2.5f, 2, 1.5f, 5.5f, 5, 4.5f});
    }
    TEST_CASE("a quarter turn is one, counterclockwise; half a turn is two flips") {
        Graph g;
        const Tensor x = test::noise_tensor({1, 5, 5, 3});
        const Var in = g.leaf(x);
        const Tensor y = value(rotate(in, 90));
        for (std::size_t h = 0; h < 5; ++h)
            for (std::size_t w = 0; w < 5; ++w)
                for (std::size_t c = 0; c < 3; ++c)
                    CHECK(std::abs(y.values<float>()[(h * 5 + w) * 3 + c] -
                                   x.values<float>()[(w * 5 + 4 - h) * 3 + c]) <= 2e-6f);
        CHECK(test::relative_error(value(rotate(in, 180)), value(flip(flip(in, 1), 2))) <= 2e-6);
        CHECK(test::relative_error(value(zoom(in, 1)), x) == 0);
    }
    TEST_CASE("zoom by two spreads pixels to twice their distance from the center") {
        Graph g;
        const Tensor y = value(zoom(g.leaf(Tensor({1, 1, 5, 1}, {0, 1, 2, 3, 4})), 2));
        const float expected[] = {1, 1.5f, 2, 2.5f, 3};
        for (std::size_t i = 0; i < 5; ++i) CHECK(y.values<float>()[i] == expected[i]);
    }
    TEST_CASE("every kernel agrees with the reference, and the gradient with differences") {
        const std::vector<float> turned{0.8f, 0.5f, -1.3f, -0.6f, 0.9f, 2.1f},
            small{0.3f, 0.1f, 1.2f, -0.05f, 0.4f, 0.7f}, large{2.5f, 0.3f, -6, 0.4f, 1.9f, -5}, still{1, 0, 0, 0, 1, 0},
            away{1, 0, 100, 0, 1, -100}, flat{1, 2, 0.5f, 0.5f, 1, 0.25f}, point{0, 0, 1.5f, 0, 0, 0.75f};
        for (const PadMode border : {PadMode::zero, PadMode::reflect, PadMode::replicate, PadMode::circular})
            for (const auto& matrix : {turned, small, large, still, away, flat, point})
                for (const Shape& shape : {Shape{2, 7, 5, 3}, Shape{1, 4, 6, 9}, Shape{1, 1, 1, 20}})
                    test::check_op({.name = "affine_sample " + to_string(shape),
                                    .shapes = {shape},
                                    .f =
                                        [&](const std::vector<Var>& in) {
                                            const Var m = in[0].graph->leaf(Tensor(Shape{2, 3}, matrix));
                                            return affine_sample(in[0], m, 8, 6, {border, 0.5f});
                                        },
                                    .sum_length = 50,
                                    .bf16 = false});
    }
    TEST_CASE("each picture may have its own matrix") {
        test::check_op({.name = "affine_sample, two matrices",
                        .shapes = {{2, 9, 8, 3}},
                        .f =
                            [](const std::vector<Var>& in) {
                                const Var m = in[0].graph->leaf(Tensor(
                                    {2, 2, 3}, {0.9f, 0.2f, 0, -0.2f, 0.9f, 1, 1.1f, 0, -0.5f, 0.1f, 1.2f, 0.3f}));
                                return affine_sample(in[0], m, 9, 8);
                            },
                        .sum_length = 20,
                        .bf16 = false});
    }
    TEST_CASE("a photograph's size, turned by ten degrees") {
        test::check_op(
            {.name = "rotate",
             .shapes = {{1, 65, 49, 3}},
             .f = [](const std::vector<Var>& in) { return rotate(in[0], 10, {.border = PadMode::replicate}); },
             .sum_length = 20,
             .bf16 = false});
    }
    TEST_CASE("refuses other matrices and sizes") {
        Graph g;
        const Var x = g.leaf(Tensor({1, 1, 1, 1}, {1}));
        test::check_refuses([&] { affine_sample(x, g.number(1), 2, 2); }, "the matrix f32 (1)");
        test::check_refuses([&] { affine_sample(x, g.leaf(Tensor({2, 3}, {1, 0, 0, 0, 1, 0})), 0, 2); }, "0 x 2");
        test::check_refuses([&] { zoom(x, 0); }, "the zoom 0");
    }
}
