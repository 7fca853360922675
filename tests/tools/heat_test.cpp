#include "tools/image/heat.h"

#include <doctest/doctest.h>

#include <limits>

#include "tests/check.h"
#include "tools/image/color_map.h"
#include "tools/image/pixel_box.h"

using namespace gradus;

namespace {

float lightness(const std::array<float, 3>& c) { return 0.2126f * c[0] + 0.7152f * c[1] + 0.0722f * c[2]; }

Image gray_steps() {
    Image image{.width = 3, .height = 2, .rgb = {}};
    for (int i = 0; i < 6; ++i) image.rgb.insert(image.rgb.end(), 3, static_cast<float>(i) / 5);
    return image;
}

}  // namespace

TEST_SUITE("heat") {
    TEST_CASE("viridis grows lighter all the way, and clips what lies outside") {
        for (int i = 0; i < 256; ++i)
            CHECK(lightness(viridis(static_cast<float>(i) / 256)) <
                  lightness(viridis(static_cast<float>(i + 1) / 256)));
        CHECK(viridis(0)[0] == doctest::Approx(68 / 255.0f));
        CHECK(viridis(1)[1] == doctest::Approx(231 / 255.0f));
        CHECK(viridis(0.5f)[2] == doctest::Approx(140 / 255.0f));
        CHECK(viridis(2) == viridis(1));
        CHECK(viridis(-1) == viridis(0));
        CHECK(viridis(std::numeric_limits<float>::quiet_NaN()) == viridis(0));
    }
    TEST_CASE("heat adds up the colors and clips at the 99th percentile") {
        std::vector<float> map(201 * 3, 0.0f);
        for (std::size_t i = 0; i < 201; ++i)
            map[3 * i] = -static_cast<float>(i), map[3 * i + 2] = static_cast<float>(i);
        const Tensor heat = heat_of(Tensor({1, 3, 67, 3}, map));
        CHECK(heat.values<float>()[198] == 1);
        CHECK(heat.values<float>()[200] == 1);
        CHECK(heat.values<float>()[99] == 0.5f);
        CHECK(heat.values<float>()[0] == 0);
    }
    TEST_CASE("of one value, what is positive counts, and the largest is 1; nothing stays nothing") {
        const Tensor heat = heat_of(Tensor({1, 1, 4, 1}, {-5, 0, 1, 4}));
        const std::vector<float> expected{0, 0, 0.25f, 1};
        CHECK(std::vector<float>(heat.values<float>().begin(), heat.values<float>().end()) == expected);
        const Tensor none = heat_of(Tensor({1, 1, 2, 1}, {-5, 0}));
        CHECK((none.values<float>()[0] == 0 && none.values<float>()[1] == 0));
        // A single pixel in many is above the percentile, which is 0.
        std::vector<float> lone(600, 0.0f);
        lone[30] = 7;
        CHECK(heat_of(Tensor({1, 10, 20, 3}, lone)).values<float>()[10] == 1);
        test::check_refuses([] { heat_of(Tensor({1, 1, 1, 2}, {1, 2})); }, "expected (1, H, W, 3) or (1, H, W, 1)");
    }
    TEST_CASE("signed values are gray at 0") {
        const Image image = signed_picture(Tensor({1, 1, 3, 3}, {0, 2, -2, 0, 0, 1, 0, 0, 0}));
        CHECK(image.rgb == std::vector<float>{0.5f, 1, 0, 0.5f, 0.5f, 0.75f, 0.5f, 0.5f, 0.5f});
        CHECK(signed_picture(Tensor({1, 1, 1, 1}, {0})).rgb == std::vector<float>(3, 0.5f));
    }
    TEST_CASE("an overlay lies between the gray picture and the heat, at the picture's size") {
        const Tensor heat({1, 1, 1, 1}, {1});
        const Image picture = gray_steps(), none = overlay(picture, heat, 0), all = overlay(picture, heat, 1);
        CHECK((all.width == 3 && all.height == 2));
        for (std::size_t i = 0; i < picture.rgb.size(); ++i) {
            CHECK(none.rgb[i] == doctest::Approx(picture.rgb[i]));
            CHECK(all.rgb[i] == doctest::Approx(viridis(1)[i % 3]));
        }
    }
    TEST_CASE("a box is cut out with gray beyond the border, and outlined inwards") {
        const Image corner = part_in(gray_steps(), {-1, 1, 1, 3});
        CHECK((corner.width == 2 && corner.height == 2));
        CHECK(corner.rgb[0] == 0.5f);
        CHECK(corner.rgb[6] == doctest::Approx(0.2f));
        CHECK(corner.rgb[9] == doctest::Approx(0.4f));
        CHECK(part_in(gray_steps(), {-10, -10, 30, 30}).rgb == gray_steps().rgb);
        Image edge = gray_steps();
        outline(edge, {-2, 1, 2, 9}, 1, {1, 0, 0});
        CHECK(edge.rgb[3] == 1);                          // the left edge
        CHECK(edge.rgb[6] == doctest::Approx(0.4f));      // inside
        CHECK((edge.rgb[15] == 1 && edge.rgb[16] == 0));  // the lower edge
        CHECK(edge.rgb[0] == 0);
    }
}
