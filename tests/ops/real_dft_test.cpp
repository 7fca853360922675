#include "ops/real_dft.h"

#include <cmath>
#include <numbers>

#include "tests/check.h"

using namespace gradus;

TEST_SUITE("real_dft") {
    TEST_CASE("number k counts wave k") {
        for (const int n : {1, 2, 3, 4, 6, 8, 12, 20, 21}) {
            Graph g;
            const Tensor x = test::noise_tensor({n, 2});
            const Tensor y = value(real_dft(g.leaf(x)));
            const std::vector<Wave> waves = real_dft_waves(n);
            REQUIRE(waves.size() == static_cast<std::size_t>(n));
            for (int k = 0; k < n; ++k) {
                const Wave wave = waves[static_cast<std::size_t>(k)];
                double sum = 0, length = 0;
                for (int i = 0; i < n; ++i) {
                    const double angle = 2 * std::numbers::pi * wave.periods * i / n;
                    const double v = wave.sine ? std::sin(angle) : std::cos(angle);
                    sum += v * static_cast<double>(x.values<float>()[static_cast<std::size_t>(2 * i)]);
                    length += v * v;
                }
                CAPTURE(n);
                CAPTURE(k);
                CHECK(std::abs(static_cast<double>(y.values<float>()[static_cast<std::size_t>(2 * k)]) -
                               sum / std::sqrt(length)) <= 1e-5);
            }
        }
    }
    TEST_CASE("there and back again is nothing") {
        for (const int n : {1, 7, 10, 36, 224}) {
            Graph g;
            const Tensor x = test::noise_tensor({n, 3, 5});
            CHECK(test::relative_error(value(inverse_real_dft(real_dft(g.leaf(x)))), x) <= 1e-6);
            CHECK(test::relative_error(value(real_dft(inverse_real_dft(g.leaf(x)))), x) <= 1e-6);
        }
    }
    TEST_CASE("every kernel agrees with the reference, and the gradient with differences") {
        struct Case {
            Shape shape;
            int axis = 0;
        };
        // All four symmetries, and none; panels of columns, and what is left of them; along the first axis, in the
        // middle of wide and of narrow ones, and along the last.
        for (const auto& [shape, axis] : {Case{{5}},
                                          {{1, 1}},
                                          {{2, 3}},
                                          {{4, 1}},
                                          {{8, 3, 5}},
                                          {{12, 33}},
                                          {{13, 40}},
                                          {{14, 17}},
                                          {{60, 70}},
                                          {{100, 16}},
                                          {{3, 12, 33}, 1},
                                          {{2, 2, 13, 20}, 2},
                                          {{35, 20, 3}, 1},
                                          {{16, 7, 2, 2}, 1},
                                          {{40, 36}, 1},
                                          {{2, 9, 1}, 1}})
            for (const bool inverse : {false, true})
                test::check_op({.name = (inverse ? "inverse_real_dft " : "real_dft ") + to_string(shape) + " along " +
                                        std::to_string(axis),
                                .shapes = {shape},
                                .f =
                                    [inverse, axis = axis](const auto& in) {
                                        return inverse ? inverse_real_dft(in[0], axis) : real_dft(in[0], axis);
                                    },
                                .sum_length = static_cast<double>(shape[axis]),
                                .bf16 = false});
    }
    TEST_CASE("refuses an axis that is not there, and no points") {
        Graph g;
        const Var x = g.leaf(test::noise_tensor({3, 4}));
        test::check_refuses([&] { real_dft(x, 2); }, "real_dft: was given axis 2 of (3, 4), expected 0 to 1");
        test::check_refuses([&] { inverse_real_dft(x, -1); }, "real_dft: was given axis -1 of (3, 4), expected 0 to 1");
        test::check_refuses(
            [&] {
                real_dft(g.leaf(Tensor(Shape{0, 4}, std::vector<float>{})));
            },
            "real_dft: was given f32 (0, 4), expected f32, at least one axis, and at least one point");
    }
}
