#include "ops/affine_matrix.h"

#include <cmath>

#include "ops/affine_sample.h"
#include "tests/check.h"

using namespace gradus;

namespace {

/// The values of the matrices for these numbers, on a device.
std::vector<float> matrices(const std::vector<float>& degrees, const std::vector<float>& zoom,
                            const std::vector<float>& shift, const std::vector<int>& sizes, Device* device) {
    Graph g;
    const auto n = static_cast<std::int64_t>(degrees.size());
    const Tensor m = value(affine_matrix(g.leaf(Tensor(Shape{n}, degrees)), g.leaf(Tensor(Shape{n}, zoom)),
                                         g.leaf(Tensor(Shape{n, 2}, shift)), sizes[0], sizes[1], sizes[2], sizes[3]),
                           {.device = device});
    CHECK(m.shape() == Shape{n, 2, 3});
    return {m.values<float>().begin(), m.values<float>().end()};
}

void check_near(const std::vector<float>& got, const std::vector<float>& expected, float allowed) {
    REQUIRE(got.size() == expected.size());
    for (std::size_t i = 0; i < got.size(); ++i) {
        CAPTURE(i);
        CHECK(std::abs(got[i] - expected[i]) <= allowed);
    }
}

}  // namespace

TEST_SUITE("affine_matrix") {
    TEST_CASE("turns about the center, magnifies, and moves in pixels of the picture") {
        for (Device* device : test::devices()) {
            check_near(matrices({0}, {1}, {0, 0}, {5, 7, 5, 7}, device), {1, 0, 0, 0, 1, 0}, 0);
            check_near(matrices({0}, {1}, {2, -1}, {5, 7, 5, 7}, device), {1, 0, 2, 0, 1, -1}, 0);
            check_near(matrices({0}, {1}, {0, 0}, {5, 7, 3, 3}, device), {1, 0, 1, 0, 1, 2}, 0);
            check_near(matrices({0}, {2}, {0, 0}, {5, 7, 5, 7}, device), {0.5f, 0, 1, 0, 0.5f, 1.5f}, 0);
            check_near(matrices({90}, {2}, {0.5f, -1}, {5, 7, 3, 3}, device), {0, 0.5f, 2, -0.5f, 0, 2.5f}, 1e-6f);
        }
    }
    TEST_CASE("without a shift, and at the same size, is affine_about_center") {
        for (Device* device : test::devices())
            for (const float degrees : {-170.0f, -33.3f, 0.0f, 1.0f, 45.0f, 720.5f})
                for (const float zoom : {0.25f, 1.0f, 1.7f})
                    for (const auto& [height, width] : {std::pair{1, 1}, {5, 8}, {224, 224}, {1080, 1920}}) {
                        const Tensor expected = affine_about_center(height, width, degrees, zoom);
                        const auto m = matrices({degrees}, {zoom}, {0, 0}, {height, width, height, width}, device);
                        CHECK(test::relative_error(Tensor(Shape{2, 3}, std::vector<float>(m)), expected) <= 1e-7);
                    }
    }
    TEST_CASE("the output's center shows the picture's center moved by the shift") {
        const Tensor x = test::noise_tensor({2, 9, 7, 3});
        for (Device* device : test::devices()) {
            Graph g;
            const Var matrix = affine_matrix(g.leaf(Tensor({2}, {30, -77})), g.leaf(Tensor({2}, {2, 0.7f})),
                                             g.leaf(Tensor({2, 2}, {1, -2, -3, 1})), 9, 7, 3, 5);
            const Tensor y = value(affine_sample(g.leaf(x), matrix, 3, 5), {.device = device});
            const auto pixel = [](const Tensor& t, std::size_t n, std::size_t h, std::size_t w) {
                const auto& s = t.shape();
                const auto row = n * static_cast<std::size_t>(s[1]) + h;
                return &t.values<float>()[(row * static_cast<std::size_t>(s[2]) + w) * 3];
            };
            for (std::size_t c = 0; c < 3; ++c) {
                CHECK(std::abs(pixel(y, 0, 1, 2)[c] - pixel(x, 0, 5, 1)[c]) <= 2e-6f);
                CHECK(std::abs(pixel(y, 1, 1, 2)[c] - pixel(x, 1, 1, 4)[c]) <= 2e-6f);
            }
        }
    }
    TEST_CASE("every kernel agrees with the reference, on more matrices than a block has threads") {
        std::vector<float> degrees = test::noise(300, 1), zoom = test::noise(300, 2), shift = test::noise(600, 3);
        for (float& v : degrees) v *= 360;
        for (float& v : zoom) v = 1.5f + v;
        for (float& v : shift) v *= 50;
        const std::vector<int> sizes{480, 641, 224, 300};
        const Tensor expected(Shape{1800}, matrices(degrees, zoom, shift, sizes, &cpu_device()));
        for (Device* device : test::devices()) {
            const Tensor got(Shape{1800}, matrices(degrees, zoom, shift, sizes, device));
            CHECK(test::relative_error(got, expected) <= 1e-7);
        }
    }
    TEST_CASE("is made again at each run") {
        for (Device* device : test::devices()) {
            Graph g;
            Tensor degrees({1}, {0});
            const Var matrix = affine_matrix(g.leaf(degrees), g.number(1), g.leaf(Tensor({1, 2}, {0, 0})), 5, 5, 5, 5);
            Plan plan(g, {matrix}, {.device = device});
            for (const float angle : {0.0f, 90.0f, 180.0f, 30.0f}) {
                degrees.values_to_write<float>()[0] = angle;
                plan.run();
                CHECK(test::relative_error(plan.read(matrix),
                                           Tensor(Shape{1, 2, 3}, affine_about_center(5, 5, angle).values<float>())) <=
                      1e-7);
            }
        }
    }
    TEST_CASE("refuses what does not fit") {
        Graph g;
        const Var two = g.leaf(Tensor({2}, {1, 2})), shifts = g.leaf(Tensor({2, 2}, {0, 0, 0, 0}));
        test::check_refuses([&] { affine_matrix(shifts, two, shifts, 5, 5, 5, 5); },
                            "affine_matrix: was given the degrees f32 (2, 2), expected f32 (N)");
        test::check_refuses([&] { affine_matrix(two, g.number(1), shifts, 5, 5, 5, 5); },
                            "affine_matrix: was given the zoom f32 (1), expected f32 (2), one for each angle");
        test::check_refuses([&] { affine_matrix(two, two, two, 5, 5, 5, 5); },
                            "affine_matrix: was given the shift f32 (2), expected f32 (2, 2), one for each angle");
        test::check_refuses([&] { affine_matrix(two, two, shifts, 5, 0, 3, 4); },
                            "affine_matrix: was asked for 3 x 4 of 5 x 0, expected at least one pixel");
        test::check_refuses([&] { grad(test::project(affine_matrix(two, two, shifts, 5, 5, 5, 5)), {two}); },
                            "affine_matrix has no gradient");
    }
}
