#include "tools/image/text.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <limits>
#include <set>

#include "tools/image/crop.h"

using namespace gradus;

namespace {

Image white(int width, int height) {
    Image image{width, height, {}, {}, true};
    image.rgb.assign(static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * 3, 1.0f);
    return image;
}

/// A text in a box of its own, with so many pixels around.
Image drawn(std::string_view text, const TextStyle& style = {}, int around = 0) {
    Image image = white(text_width(text, style) + 2 * around, text_height(style) + 2 * around);
    draw_text(image, around, around, text, style);
    return image;
}

bool has_ink(const Image& image) {
    return std::ranges::any_of(image.rgb, [](float value) { return value < 0.9f; });
}

}  // namespace

TEST_SUITE("text") {
    TEST_CASE("every letter leaves ink, and no two look alike") {
        std::set<std::vector<float>> seen;
        for (char c = '!'; c <= '~'; ++c) {
            CAPTURE(c);
            Image image = white(24, 24);
            draw_text(image, 4, 2, std::string(1, c));
            CHECK(has_ink(image));
            CHECK(seen.insert(image.rgb).second);
        }
        CHECK(!has_ink(drawn("   ")));
    }
    TEST_CASE("ink stays in its lines, at every size, plain and bold") {
        std::string all;
        for (char c = ' '; c <= '~'; ++c) all += c;
        for (const float size : {8.0f, 12.0f, 16.0f, 20.0f, 33.0f, 64.0f})
            for (const bool bold : {false, true}) {
                const TextStyle style{.size = size, .bold = bold};
                const Image image = drawn(all, style, 8);
                CHECK(has_ink(image));
                CHECK(!has_ink(crop(image, 0, 0, image.width, 8)));
                CHECK(!has_ink(crop(image, 0, image.height - 8, image.width, 8)));
                CHECK(!has_ink(crop(image, 0, 0, 7, image.height)));
                CHECK(!has_ink(crop(image, image.width - 7, 0, 7, image.height)));
            }
    }
    TEST_CASE("a text is as wide as its letters") {
        for (const bool bold : {false, true}) {
            const TextStyle style{.size = 21, .bold = bold};
            CHECK(text_width("", style) == 0);
            CHECK(text_width("goldfish 0.87", style) == text_width("gold", style) + text_width("fish 0.87", style));
            Image parts = white(text_width("goldfish", style), text_height(style));
            draw_text(parts, 0, 0, "gold", style);
            draw_text(parts, text_width("gold", style), 0, "fish", style);
            CHECK(parts.rgb == drawn("goldfish", style).rgb);
        }
        CHECK(text_width("goldfish", {.bold = true}) > text_width("goldfish"));
    }
    TEST_CASE("what is outside of the picture is cut off") {
        const Image whole = drawn("gradus", {}, 30);
        for (const auto& [x, y] : {std::pair{-20, -5}, std::pair{10, 13}, std::pair{-3, 8}}) {
            Image part = white(50, 20);
            draw_text(part, x, y, "gradus");
            CHECK(part.rgb == crop(whole, 30 - x, 30 - y, 50, 20).rgb);
        }
        Image image = white(8, 8);
        for (const int far : {std::numeric_limits<int>::min(), std::numeric_limits<int>::max()}) {
            draw_text(image, far, 0, "far");
            draw_text(image, 0, far, "far");
        }
        CHECK(!has_ink(image));
    }
    TEST_CASE("bytes that are no ASCII letters become question marks") {
        CHECK(drawn("a\xc3\xa9\n\x7f").rgb == drawn("a????").rgb);
        CHECK(drawn(std::string_view("\0", 1)).rgb == drawn("?").rgb);
    }
    TEST_CASE("color makes a gray picture colored, and what is transparent becomes ink") {
        Image image = white(20, 20);
        draw_text(image, 2, 0, "I", {.color = {0.2f, 0.2f, 0.2f}});
        CHECK(image.gray);
        image.alpha.emplace(400, 0.0f);
        draw_text(image, 2, 0, "I", {.color = {1, 0, 0}, .bold = true});
        CHECK(!image.gray);
        const std::size_t stem = 10 * 20 + 3;
        CHECK((*image.alpha)[stem] == 1.0f);
        CHECK(image.rgb[3 * stem] == 1.0f);
        CHECK(image.rgb[3 * stem + 1] == 0.0f);
        const auto edge = std::ranges::find_if(*image.alpha, [](float a) { return a > 0 && a < 1; });
        REQUIRE(edge != image.alpha->end());  // half transparent, and of the text's color all the same
        CHECK(image.rgb[3 * static_cast<std::size_t>(edge - image.alpha->begin())] == 1.0f);
        CHECK((*image.alpha)[0] == 0.0f);
    }
    TEST_CASE("a text that does not fit is as long as fits with its dots") {
        const std::string text = "great white shark";
        CHECK(shortened(text, text_width(text)) == text);
        std::size_t before = 0;
        for (int width = 0; width < text_width(text); ++width) {
            const std::string fits = shortened(text, width);
            CHECK(text_width(fits) <= width);
            CHECK(fits.size() >= before);
            before = fits.size();
            if (width < text_width("...")) {
                CHECK(fits.empty());
            } else {
                REQUIRE(fits.ends_with("..."));
                CHECK(text.starts_with(fits.substr(0, fits.size() - 3)));
            }
        }
        CHECK(shortened(text, text_width("great ...")) == "great...");
        CHECK(shortened("", -5).empty());
        CHECK(shortened(text, -5).empty());
    }
}
