#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <random>

#include "tests/error.h"
#include "tests/temp_folder.h"
#include "tools/image/crop.h"
#include "tools/image/image.h"

using namespace gradus;
using namespace std::string_literals;
namespace fs = std::filesystem;

namespace {

/// Values that 8 bits hold exactly.
Image noise(int width, int height, bool alpha, bool gray) {
    std::mt19937 rng(7);
    const auto value = [&] { return static_cast<float>(rng() % 256) / 255.0f; };
    Image image{width, height, {}, {}, gray};
    if (alpha) image.alpha.emplace();
    for (int i = 0; i < width * height; ++i) {
        const float red = value();
        for (int c = 0; c < 3; ++c) image.rgb.push_back(c == 0 || gray ? red : value());
        if (alpha) image.alpha->push_back(i == 0 ? 0.0f : value());
    }
    return image;
}

Recipe recipe_of(const std::string& file) { return decode_recipe(std::as_bytes(std::span(file)), "x"); }

}  // namespace

TEST_SUITE("save_image") {
    TEST_CASE("what a PNG holds is what was saved, color, gray and alpha") {
        const test::TempFolder folder;
        for (const bool alpha : {false, true}) {
            for (const bool gray : {false, true}) {
                const Image image = noise(19, 7, alpha, gray);
                save_image(folder / "a.PNG", image);
                const Image back = load_image(folder / "a.PNG");
                CHECK(back.width == 19);
                CHECK(back.height == 7);
                CHECK(back.gray == gray);
                CHECK(back.rgb == image.rgb);
                CHECK(back.alpha == image.alpha);
            }
        }
    }
    TEST_CASE("every filter of a PNG row is undone right") {
        // Rows that favor each filter in turn: constant, a ramp, a copy of the row above, noise, their mean.
        Image image{64, 40, {}, {}, false};
        std::mt19937 rng(1);
        for (int y = 0; y < 40; ++y) {
            for (int i = 0; i < 64 * 3; ++i) {
                const int above =
                    y == 0
                        ? 0
                        : static_cast<int>(std::lround(image.rgb[static_cast<std::size_t>((y - 1) * 192 + i)] * 255));
                const int left = i < 3 ? 0 : static_cast<int>(std::lround(image.rgb[image.rgb.size() - 3] * 255));
                const int values[] = {y,           i * y, above, static_cast<int>(rng() & 255), (left + above) / 2 + 3,
                                      left + y % 3};
                image.rgb.push_back(static_cast<float>(values[y % 6] & 255) / 255.0f);
            }
        }
        const test::TempFolder folder;
        save_image(folder / "a.png", image);
        CHECK(load_image(folder / "a.png").rgb == image.rgb);
    }
    TEST_CASE("a JPEG is close to what was saved, alpha laid over white") {
        Image image{32, 32, {}, std::vector<float>(32 * 32, 0.25f), false};
        for (int i = 0; i < 32 * 32; ++i)
            image.rgb.insert(image.rgb.end(), {0.0f, 0.4f, static_cast<float>(i) / 1024.0f});
        const test::TempFolder folder;
        save_image(folder / "a.jpeg", image);
        const Image back = load_image(folder / "a.jpeg");
        CHECK(!back.alpha);
        for (std::size_t i = 0; i < image.rgb.size(); ++i) {
            CHECK(std::abs(back.rgb[i] - (0.25f * image.rgb[i] + 0.75f)) < 0.02f);
        }
    }
    TEST_CASE("values are clipped and rounded; NaN is black") {
        const float nan = std::numeric_limits<float>::quiet_NaN(), most = std::numeric_limits<float>::infinity();
        const test::TempFolder folder;
        save_image(folder / "a.png", {2, 1, {-1.0f, 1.7f, nan, most, 0.5f / 255.0f, 0.49f / 255.0f}, {}, false});
        CHECK(load_image(folder / "a.png").rgb == std::vector<float>{0, 1, 0, 1, 1.0f / 255.0f, 0});
    }
    TEST_CASE("the same picture gives the same bytes") {
        const test::TempFolder folder;
        save_image(folder / "a.png", noise(50, 50, true, false), {.recipe = {{"seed", "1"}}});
        save_image(folder / "b.png", noise(50, 50, true, false), {.recipe = {{"seed", "1"}}});
        CHECK(test::file_bytes(folder / "a.png") == test::file_bytes(folder / "b.png"));
    }
    TEST_CASE("refuses other extensions and pictures that are none, and leaves nothing behind") {
        const test::TempFolder folder;
        const Image image = noise(2, 2, false, false);
        CHECK_ERROR(save_image(folder / "a.webp", image),
                    "a.webp: found the extension \".webp\", expected .png, .jpg or .jpeg");
        CHECK_ERROR(save_image(folder / "a", image), "found the extension \"\"");
        CHECK_ERROR(save_image(folder / "a.png", Image{}), "found a picture of 0 x 0");
        CHECK_ERROR(save_image(folder / "a.png", Image{2, 2, std::vector<float>(11), {}, false}), "with 11 values");
        CHECK_ERROR(save_image(folder / "none/a.png", image), "found no folder");
        CHECK(folder.files() == 0);
    }
    TEST_CASE("an output can be checked before the work begins") {
        const test::TempFolder folder;
        check_output(folder / "a.png");
        CHECK(folder.files() == 0);
        const auto older = folder.write("b.png", "older");
        check_output(older);
        CHECK(test::file_bytes(older) == "older");
        fs::create_directory(folder / "c.png");
        CHECK_ERROR(check_output(folder / "c.png"), "c.png: found a directory, expected a file or nothing there");
        CHECK_ERROR(check_output(folder / "a.tiff"), "found the extension \".tiff\"");
    }
}

TEST_SUITE("recipe") {
    const Recipe recipe{{"command", "gradus dream \"a b.jpg\" -o c.png"},
                        {"input", "caf\u00e9 \u2603.jpg"},
                        {"raw", "\xff\xfe: not UTF-8\n"},
                        {"empty", ""}};

    TEST_CASE("travels in the picture and comes back") {
        const test::TempFolder folder;
        for (const char* name : {"a.png", "a.jpg"}) {
            save_image(folder / name, noise(9, 9, false, false), {.recipe = recipe});
            CHECK(read_recipe(folder / name) == recipe);
            CHECK(load_image(folder / name).width == 9);
            save_image(folder / name, noise(9, 9, false, false));
            CHECK(read_recipe(folder / name).empty());
        }
    }
    TEST_CASE("refuses what does not fit, and leaves the older picture") {
        const test::TempFolder folder;
        const Image image = noise(2, 2, false, false);
        const auto older = folder.write("a.png", "older");
        CHECK_ERROR(save_image(older, image, {.recipe = {{"", "x"}}}), "found the key \"\"");
        CHECK_ERROR(save_image(older, image, {.recipe = {{std::string(80, 'k'), "x"}}}), "expected 1 to 79 ASCII");
        CHECK_ERROR(save_image(older, image, {.recipe = {{"k\xe9", "x"}}}), "expected 1 to 79 ASCII");
        CHECK_ERROR(save_image(older, image, {.recipe = {{"k", "a\0b"s}}}), "found a zero byte in \"k\"");
        CHECK_ERROR(save_image(folder / "a.jpg", image, {.recipe = {{"k", std::string(65533, 'x')}}}),
                    "found 65536 bytes in \"k\", expected at most 65533 in a JPEG");
        CHECK(test::file_bytes(older) == "older");
        CHECK(folder.files() == 1);
    }
    TEST_CASE("a longest JPEG comment is whole") {
        const test::TempFolder folder;
        const Recipe longest{{"k", std::string(65530, 'x')}};
        save_image(folder / "a.jpg", noise(2, 2, false, false), {.recipe = longest});
        CHECK(read_recipe(folder / "a.jpg") == longest);
    }
    TEST_CASE("is looked for only where it can be, whatever the bytes") {
        CHECK_ERROR(recipe_of("GIF89a..."), "x: found a picture that carries no recipe");
        CHECK_ERROR(recipe_of("text"), "found no picture");
        CHECK(recipe_of("\xff\xd8\xff").empty());
        CHECK(recipe_of("\x89PNG\r\n\x1a\n").empty());

        const test::TempFolder folder;
        std::mt19937 rng(2);
        for (const char* name : {"a.png", "a.jpg"}) {
            save_image(folder / name, noise(2, 2, false, false), {.recipe = recipe});
            const std::string good = test::file_bytes(folder / name);
            for (std::size_t n = 8; n < good.size(); ++n) CHECK(recipe_of(good.substr(0, n)).size() <= recipe.size());
            for (int i = 0; i < 3000; ++i) {
                std::string bad = good;
                for (int k = 0; k < 3; ++k) bad[8 + rng() % (bad.size() - 8)] = static_cast<char>(rng());
                (void)recipe_of(bad);
            }
        }
    }
}

TEST_SUITE("crop") {
    TEST_CASE("takes the part that was asked for") {
        const Image image = noise(5, 4, true, false);
        const Image part = crop(image, 1, 2, 3, 2);
        CHECK(part.width == 3);
        CHECK(part.height == 2);
        CHECK(part.rgb.front() == image.rgb[(2 * 5 + 1) * 3]);
        CHECK(part.rgb.back() == image.rgb[(3 * 5 + 3) * 3 + 2]);
        CHECK(part.alpha->at(3) == image.alpha->at(3 * 5 + 1));
        CHECK(center_crop(image, 2, 2).rgb == crop(image, 1, 1, 2, 2).rgb);
        CHECK(crop(image, 0, 0, 5, 4).rgb == image.rgb);
    }
    TEST_CASE("refuses parts that are not within the picture") {
        const Image image = noise(5, 4, false, false);
        CHECK_ERROR(crop(image, 1, 0, 5, 4), "crop: found 5 x 4 at (1, 0), expected a part of the picture, 5 x 4");
        CHECK_ERROR(crop(image, -1, 0, 2, 2), "at (-1, 0)");
        CHECK_ERROR(crop(image, 0, 0, 0, 2), "found 0 x 2");
        CHECK_ERROR(crop(image, 1, 1, 2147483647, 1), "found 2147483647 x 1");
        CHECK_ERROR(center_crop(image, 6, 4), "found 6 x 4");
    }
}
