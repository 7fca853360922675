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
        // All four symmetries, and none; panels of columns, and what is left of them.
        for (const Shape& shape : {Shape{1, 1}, Shape{2, 3}, Shape{4, 1}, Shape{8, 3, 5}, Shape{12, 33}, Shape{13, 40},
                                   Shape{14, 17}, Shape{60, 70}, Shape{100, 16}})
            for (const bool inverse : {false, true})
                test::check_op(
                    {.name = (inverse ? "inverse_real_dft " : "real_dft ") + to_string(shape),
                     .shapes = {shape},
                     .f = [inverse](const auto& in) { return inverse ? inverse_real_dft(in[0]) : real_dft(in[0]); },
                     .sum_length = static_cast<double>(shape[0]),
                     .bf16 = false});
    }
    TEST_CASE("refuses what has no columns") {
        Graph g;
        test::check_refuses(
            [&] {
                real_dft(g.leaf(Tensor({3}, {1, 2, 3})));
            },
            "real_dft: was given f32 (3), expected f32 of two axes or more, and at least one point");
    }
}
