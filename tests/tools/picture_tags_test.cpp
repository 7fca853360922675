// What travels with a picture besides its pixels.
#include <doctest/doctest.h>

#include <cmath>

#include "tests/env.h"
#include "tests/program.h"
#include "tests/temp_folder.h"
#include "tests/tools/png_of.h"
#include "tools/image/exif.h"
#include "tools/image/icc.h"
#include "tools/image/image.h"

using namespace gradus;
using namespace std::string_literals;

namespace {

namespace fs = std::filesystem;

using Bytes = std::vector<std::byte>;

Bytes bytes_of(const std::string& text) {
    const auto bytes = std::as_bytes(std::span(text));
    return {bytes.begin(), bytes.end()};
}

/// What a profile begins with, for this many colors, and `more` bytes that no two of which are alike for long.
Bytes profile(const char* space, std::size_t more) {
    std::string text(128, '\0');
    text.replace(16, 4, space);
    text.replace(36, 4, "acsp");
    for (std::size_t i = 0; i < more; ++i) text += static_cast<char>(i * i % 251);
    return bytes_of(text);
}

/// An EXIF structure with an orientation and the name of a camera.
std::string exif(int orientation) {
    return "II*\0\x08\0\0\0\2\0\x0f\1\2\0\6\0\0\0\x26\0\0\0\x12\1\3\0\1\0\0\0"s + static_cast<char>(orientation) +
           "\0\0\0\0\0\0\0Camera\0"s;
}

Image small(bool gray = false) {
    Image image{.width = 3, .height = 2, .rgb = {}, .gray = gray};
    for (int i = 0; i < 6; ++i)
        for (int c = 0; c < 3; ++c) image.rgb.push_back(static_cast<float>(40 * i + (gray ? 0 : 10 * c)) / 255);
    return image;
}

Image with_tags(Image image, Tags tags) {
    image.tags = std::make_shared<const Tags>(std::move(tags));
    return image;
}

bool has_ffmpeg() { return test::run_in_shell("ffmpeg -version 2>&1").code == 0; }

std::vector<int> in_bytes(const std::vector<float>& values) {
    std::vector<int> out;
    for (const float value : values) out.push_back(static_cast<int>(std::lround(value * 255.0f)));
    return out;
}

}  // namespace

TEST_SUITE("tags of pictures") {
    TEST_CASE("a color profile and EXIF go through PNG and JPEG, of any length") {
        const test::TempFolder folder;
        for (const std::size_t more : {std::size_t{10}, std::size_t{200'000}})
            for (const char* name : {"a.png", "a.jpg"}) {
                const Tags tags{.icc = profile("RGB ", more), .exif = bytes_of(exif(1))};
                save_image(folder / name, with_tags(small(), tags), {.recipe = {{"Software", "gradus"}}});
                const Image read = load_image(folder / name);
                CAPTURE(name);
                REQUIRE(read.tags != nullptr);
                CHECK(read.tags->icc == tags.icc);
                CHECK(read.tags->exif == tags.exif);
                CHECK(read_recipe(folder / name) == Recipe{{"Software", "gradus"}});
            }
    }
    TEST_CASE("a profile for other channels is left behind") {
        const test::TempFolder folder;
        const auto comes_back = [&](const Bytes& icc, bool gray) {
            save_image(folder / "a.png", with_tags(small(gray), {.icc = icc}));
            return load_image(folder / "a.png").tags != nullptr;
        };
        CHECK(comes_back(profile("RGB ", 10), false));
        CHECK(comes_back(profile("GRAY", 10), true));
        CHECK(!comes_back(profile("GRAY", 10), false));
        CHECK(!comes_back(profile("RGB ", 10), true));
        CHECK(!comes_back(profile("CMYK", 10), false));
        CHECK(!comes_back(bytes_of("RGB "), false));
    }
    TEST_CASE("a picture is turned once: its EXIF then says that it is upright") {
        const std::string rows = "\0\1\2"s;
        for (const int orientation : {2, 6}) {
            const std::string file = test::png_of(2, 1, 8, 0, rows, test::png_chunk("eXIf", exif(orientation)));
            const Image image = decode_image(std::as_bytes(std::span(file)), "x");
            CHECK(in_bytes(image.rgb) ==
                  (orientation == 2 ? std::vector<int>{2, 2, 2, 1, 1, 1} : std::vector<int>{1, 1, 1, 2, 2, 2}));
            CHECK(image.width == (orientation == 2 ? 2 : 1));
            REQUIRE(image.tags != nullptr);
            CHECK(image.tags->exif == bytes_of(exif(1)));
        }
    }
    TEST_CASE("EXIF that makes no sense changes nothing") {
        for (std::size_t n = 0; n < exif(6).size(); ++n) {
            Bytes cut = bytes_of(exif(6).substr(0, n));
            const Bytes before = cut;
            const int orientation = exif_orientation(cut);
            set_upright(cut);
            CHECK((orientation == 6 || cut == before));
            exif_bytes(cut, 0x010f);
        }
        CHECK(exif_bytes(bytes_of(exif(6)), 0x010f).size() == 6);
        CHECK(exif_bytes(bytes_of(exif(6)), 0x0110).empty());
    }
    TEST_CASE("a profile that unpacks to more than any has is left behind, at no cost") {
        // 4 MB of zeros, which are a few kilobytes in the file.
        const test::TempFolder folder;
        Bytes icc = profile("RGB ", most_icc);
        std::fill(icc.begin() + 128, icc.end(), std::byte{0});
        save_image(folder / "a.png", with_tags(small(), {.icc = icc}));
        CHECK(fs::file_size(folder / "a.png") < 20'000);
        CHECK(load_image(folder / "a.png").tags == nullptr);
    }
    TEST_CASE("with ffmpeg, TIFF and WebP are read, turned and with their transparency") {
        SKIP_WITHOUT(has_ffmpeg(), "ffmpeg");
        const test::TempFolder folder;
        Image image = small();
        image.alpha = std::vector<float>{1, 0, 1, 1, 1, 1};
        save_image(folder / "a.png", image);
        const std::string in = "cd '" + (folder / ".").string() + "' && ffmpeg -v error -i a.png ";
        REQUIRE(test::run_in_shell(in + "a.tif 2>&1").code == 0);
        const Image tiff = load_image(folder / "a.tif");
        CHECK(in_bytes(tiff.rgb) == in_bytes(image.rgb));
        REQUIRE(tiff.alpha.has_value());
        CHECK(*tiff.alpha == *image.alpha);
        // ffmpeg's own TIFF says nothing of orientation: one that does, 2 x 1 in gray.
        const auto entry = [](int tag, int type, int value) {
            return std::string{static_cast<char>(tag),
                               static_cast<char>(tag >> 8),
                               static_cast<char>(type),
                               0,
                               1,
                               0,
                               0,
                               0,
                               static_cast<char>(value),
                               0,
                               0,
                               0};
        };
        const std::string turned = "II*\0\x0a\0\0\0\x07\xc8\x09\0"s + entry(256, 3, 2) + entry(257, 3, 1) +
                                   entry(258, 3, 8) + entry(259, 3, 1) + entry(262, 3, 1) + entry(273, 4, 8) +
                                   entry(274, 3, 8) + entry(278, 3, 1) + entry(279, 4, 2) + "\0\0\0\0"s;
        const Image upright = decode_image(std::as_bytes(std::span(turned)), "x.tif");
        CHECK(upright.width == 1);
        CHECK(upright.height == 2);
        CHECK(in_bytes(upright.rgb) == std::vector<int>{200, 200, 200, 7, 7, 7});
        if (test::run_in_shell(in + "-lossless 1 a.webp 2>&1").code != 0) return;
        const Image webp = load_image(folder / "a.webp");
        CHECK(in_bytes(webp.rgb)[0] == in_bytes(image.rgb)[0]);
        REQUIRE(webp.alpha.has_value());
        CHECK((*webp.alpha)[1] == 0);
    }
    TEST_CASE("without ffmpeg the sentence says what is missing") {
        const test::TempFolder folder;
        folder.write("a.webp", "RIFF\x04\0\0\0WEBP"s);
        SKIP_WITHOUT(test::program_built(), "the program, built");
        const test::Ran ran =
            test::run_in_shell("cd '" + (folder / ".").string() +
                               "' && PATH=. '" GRADUS_BINARY_DIR "/bin/gradus' dream a.webp -o x.png 2>&1");
        CHECK(ran.code == 1);
        CHECK(ran.said ==
              "gradus: ffmpeg: found no such program; it reads WebP, TIFF, HEIC and AVIF for gradus; install "
              "it, or make a PNG of \"a.webp\"\n");
    }
}
