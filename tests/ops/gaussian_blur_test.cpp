#include "ops/gaussian_blur.h"

#include <cmath>

#include "ops/pad.h"
#include "tests/check.h"

using namespace gradus;

TEST_SUITE("gaussian_blur") {
    TEST_CASE("a point becomes the bell") {
        Graph g;
        std::vector<float> point(7 * 7, 0.0f);
        point[3 * 7 + 3] = 1;
        const Tensor y = value(gaussian_blur(g.leaf(Tensor(Shape{1, 7, 7, 1}, point)), 0.8f, 3, PadMode::zero));
        double sum = 0, total = 0;
        for (int k = -3; k <= 3; ++k) sum += std::exp(-k * k / (2 * 0.8 * 0.8));
        for (int i = 0; i < 49; ++i) {
            const int h = i / 7 - 3, w = i % 7 - 3;
            const double expected = std::exp(-(h * h + w * w) / (2 * 0.8 * 0.8)) / (sum * sum);
            const auto got = static_cast<double>(y.values<float>()[static_cast<std::size_t>(i)]);
            CHECK(std::abs(got - expected) <= 1e-6);
            total += got;
        }
        CHECK(std::abs(total - 1) <= 1e-6);
    }
    TEST_CASE("beyond the border lies what pad puts there") {
        Graph g;
        const Var x = g.leaf(test::noise_tensor({1, 6, 5, 2}));
        for (const PadMode border : {PadMode::zero, PadMode::reflect, PadMode::replicate}) {
            const Tensor y = value(gaussian_blur(x, 1.5f, 4, border));
            // A picture with a frame of 4 has inside, at any border, what the picture without has up to its own.
            const Tensor framed = value(gaussian_blur(pad(x, 4, border), 1.5f, 4, PadMode::zero));
            for (std::size_t h = 0; h < 6; ++h)
                for (std::size_t w = 0; w < 5; ++w)
                    for (std::size_t c = 0; c < 2; ++c)
                        CHECK(std::abs(y.values<float>()[(h * 5 + w) * 2 + c] -
                                       framed.values<float>()[((h + 4) * 13 + w + 4) * 2 + c]) <= 1e-6f);
        }
    }
    TEST_CASE("a sigma of zero changes nothing, and one plan follows sigma from run to run") {
        Graph g;
        const Tensor x = test::noise_tensor({1, 5, 6, 3});
        Tensor sigma({1}, {0});
        const Var y = gaussian_blur(g.leaf(x), g.leaf(sigma), 2);
        Plan plan(g, {y});
        plan.run();
        CHECK(test::relative_error(plan.read(y), x) == 0);
        sigma.values_to_write<float>()[0] = 1;
        plan.run();
        CHECK(test::relative_error(plan.read(y), x) > 0.1);
    }
    TEST_CASE("every kernel agrees with the reference, and the gradient with differences") {
        for (const PadMode border : {PadMode::zero, PadMode::reflect, PadMode::replicate})
            for (const auto& [shape, radius] :
                 {std::pair{Shape{2, 7, 5, 3}, 2}, std::pair{Shape{1, 1, 1, 1}, 3}, std::pair{Shape{1, 3, 2, 5}, 9},
                  std::pair{Shape{1, 33, 41, 3}, 4}, std::pair{Shape{1, 5, 6, 20}, 0}, std::pair{Shape{2, 9, 8, 3}, 4},
                  std::pair{Shape{2, 5, 6, 16}, 3}})
                test::check_op(
                    {.name = "gaussian_blur " + to_string(shape),
                     .shapes = {shape},
                     .f = [&, r = radius](const std::vector<Var>& in) { return gaussian_blur(in[0], 1.7f, r, border); },
                     .sum_length = 81,
                     .bf16 = false});
    }
    TEST_CASE("refuses what it cannot blur by") {
        Graph g;
        const Var x = g.leaf(Tensor({1, 1, 1, 1}, {1}));
        test::check_refuses([&] { gaussian_blur(x, 1.0f, -1); }, "the radius -1");
        test::check_refuses([&] { gaussian_blur(x, g.leaf(Tensor({2}, {1, 2})), 1); }, "the sigma f32 (2)");
        test::check_refuses([&] { gaussian_blur(x, 1.0f, 1, PadMode::circular); }, "a circular border");
    }
}
