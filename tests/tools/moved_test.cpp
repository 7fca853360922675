#include "tools/image/moved.h"

#include <doctest/doctest.h>

#include <cmath>

#include "tools/image/periodic.h"
#include "tools/image/resized.h"

using namespace gradus;

namespace {

/// Black, with a white pixel.
Image dot(int width, int height, int x, int y) {
    Image image{.width = width, .height = height, .rgb = {}};
    for (int i = 0; i < width * height; ++i) image.rgb.insert(image.rgb.end(), 3, i == y * width + x ? 1.0f : 0.0f);
    return image;
}

/// Smooth, and going on at the opposite edge.
Image waves(int width, int height, int right, int down) {
    Image image{.width = width, .height = height, .rgb = {}};
    const float turn = 6.2831853f;
    for (int y = 0; y < height; ++y)
        for (int x = 0; x < width; ++x) {
            const float across = turn * static_cast<float>(x - right) / static_cast<float>(width);
            const float along = turn * static_cast<float>(y - down) / static_cast<float>(height);
            for (const float v : {std::sin(across), std::cos(along), std::sin(across + 2 * along)})
                image.rgb.push_back(0.5f + 0.4f * v);
        }
    return image;
}

float farthest(const Image& a, const Image& b) {
    REQUIRE(a.rgb.size() == b.rgb.size());
    float most = 0;
    for (std::size_t i = 0; i < a.rgb.size(); ++i) most = std::max(most, std::abs(a.rgb[i] - b.rgb[i]));
    return most;
}

}  // namespace

TEST_SUITE("moved pictures") {
    TEST_CASE("a picture that does not move is the same") {
        const Image image = waves(9, 7, 0, 0);
        CHECK(moved(image, {}, Beyond::mirrored, 1).rgb == image.rgb);
    }
    TEST_CASE("a shift goes to the right and down, a turn counterclockwise, a zoom away from the center") {
        const Image image = dot(9, 9, 5, 3);
        CHECK(farthest(moved(image, {.right = 2, .down = 1}, Beyond::mirrored, 1), dot(9, 9, 7, 4)) < 1e-5f);
        CHECK(farthest(moved(image, {.degrees = 90}, Beyond::mirrored, 1), dot(9, 9, 3, 3)) < 1e-5f);
        const Image larger = moved(dot(9, 9, 5, 3), {.zoom = 2}, Beyond::mirrored, 1);
        CHECK(larger.rgb[static_cast<std::size_t>(3 * (2 * 9 + 6))] == doctest::Approx(1));
    }
    TEST_CASE("the shift comes last") {
        const Motion motion{.zoom = 2, .degrees = 90, .right = 1, .down = 0};
        const Image image = moved(dot(9, 9, 5, 4), motion, Beyond::mirrored, 1);
        // One to the right of the center, then above it, then two above it, then one to the right of that.
        CHECK(image.rgb[static_cast<std::size_t>(3 * (2 * 9 + 5))] == doctest::Approx(1));
    }
    TEST_CASE("no corner is empty, however it is moved") {
        Image white = dot(8, 6, 0, 0);
        for (float& v : white.rgb) v = 1;
        for (const Beyond beyond : {Beyond::mirrored, Beyond::repeated})
            CHECK(farthest(moved(white, {.zoom = 0.4f, .degrees = 30, .right = 5, .down = -3}, beyond, 1), white) <
                  1e-5f);
    }
    TEST_CASE("what goes on at the opposite edge comes back there") {
        CHECK(farthest(moved(waves(12, 8, 0, 0), {.right = 3, .down = 6}, Beyond::repeated, 1), waves(12, 8, 3, 6)) <
              1e-5f);
    }
    TEST_CASE("a tile that is resized goes on at the opposite edge: moved, it becomes the same, moved") {
        for (const PictureSize& size : {PictureSize{12, 32}, PictureSize{48, 8}, PictureSize{6, 16}}) {
            const int height = size.height, width = size.width;
            CAPTURE(height);
            const Image from = waves(16, 24, 0, 0), shifted = waves(16, 24, 8, 12);
            const Image a = resized_tile(from, height, width, 1), b = resized_tile(shifted, height, width, 1);
            const Motion half{.right = static_cast<float>(width) / 2, .down = static_cast<float>(height) / 2};
            CHECK(farthest(moved(a, half, Beyond::repeated, 1), b) < 1e-5f);
        }
        // Where no whole number of pixels fits, as the middle of three by three of them.
        const Image one = waves(11, 7, 0, 0);
        Image nine{.width = 33, .height = 21, .rgb = {}};
        for (std::size_t i = 0; i < 21 * 33 * 3; ++i)
            nine.rgb.push_back(one.rgb[(i / 99 % 7 * 11 + i % 99 / 3 % 11) * 3 + i % 3]);
        for (const PictureSize& size : {PictureSize{8, 12}, PictureSize{5, 9}}) {
            const Image large = resized(nine, 3 * size.height, 3 * size.width, ResizeKind::bilinear, 1);
            Image middle{.width = size.width, .height = size.height, .rgb = {}};
            for (int y = 0; y < size.height; ++y) {
                const auto start = large.rgb.begin() + 3 * ((size.height + y) * 3 * size.width + size.width);
                middle.rgb.insert(middle.rgb.end(), start, start + 3 * size.width);
            }
            CHECK(farthest(resized_tile(one, size.height, size.width, 1), middle) < 1e-5f);
        }
        const Image same = waves(5, 4, 0, 0);
        CHECK(resized_tile(same, 4, 5, 1).rgb == same.rgb);
    }
    TEST_CASE(
        "the periodic part of a picture has no step from one edge to the other, and its inside is the picture's") {
        // A ramp: dark on the left, bright on the right, and darker below.
        Image ramp{.width = 40, .height = 30, .rgb = {}};
        for (int y = 0; y < 30; ++y)
            for (int x = 0; x < 40; ++x)
                for (int c = 0; c < 3; ++c)
                    ramp.rgb.push_back(0.3f + 0.4f * static_cast<float>(x) / 39 - 0.1f * static_cast<float>(y) / 29);
        const Image part = periodic_part(ramp, 1);
        const auto at = [&](const Image& image, int x, int y) {
            return image.rgb[static_cast<std::size_t>(3 * (y * 40 + x))];
        };
        float edge = 0, inside = 0;
        double mean = 0;
        for (int y = 0; y < 30; ++y) {
            edge = std::max(edge, std::abs(at(part, 0, y) - at(part, 39, y)));
            for (int x = 1; x < 40; ++x) inside = std::max(inside, std::abs(at(part, x, y) - at(part, x - 1, y)));
        }
        for (std::size_t i = 0; i < part.rgb.size(); ++i) mean += static_cast<double>(part.rgb[i] - ramp.rgb[i]);
        CHECK(edge < 1.05f * 0.4f / 39);  // as steep as the ramp within
        CHECK(inside < 1.05f * 0.4f / 39);
        CHECK(std::abs(mean) / static_cast<double>(part.rgb.size()) < 1e-5);
        // Its Laplacian away from the edges is the picture's.
        for (const int along : {8, 20}) {
            const auto bend = [&, x = along + 5, y = along](const Image& i) {
                return at(i, x - 1, y) + at(i, x + 1, y) + at(i, x, y - 1) + at(i, x, y + 1) - 4 * at(i, x, y);
            };
            CHECK(std::abs(bend(part) - bend(ramp)) < 1e-5f);
        }
    }
    TEST_CASE("what has no step stays, at every size") {
        for (const auto& [height, width] :
             {PictureSize{1, 1}, PictureSize{1, 9}, PictureSize{7, 1}, PictureSize{6, 5}}) {
            Image flat{.width = width, .height = height, .rgb = {}};
            for (int i = 0; i < width * height; ++i) flat.rgb.insert(flat.rgb.end(), {0.2f, 0.5f, 0.9f});
            CHECK(farthest(periodic_part(flat, 1), flat) < 1e-6f);
        }
    }
}
