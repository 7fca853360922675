#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "tests/env.h"
#include "tests/error.h"
#include "tests/temp_folder.h"
#include "tests/tools/png_of.h"
#include "tools/image/exif.h"
#include "tools/image/image.h"
#include "tools/image/jpeg.h"
#include "tools/image/turn.h"

using namespace gradus;
using namespace std::string_literals;

namespace {

Image decode(const std::string& file) { return decode_image(std::as_bytes(std::span(file)), "x"); }

std::vector<int> in_bytes(const std::vector<float>& values) {
    std::vector<int> out;
    for (const float value : values) out.push_back(static_cast<int>(std::lround(value * 255.0f)));
    return out;
}

using Bytes = std::vector<int>;

// One red pixel; the trailer, the last byte, is not needed.
const std::string gif = "GIF89a\1\0\1\0\x80\0\0\xff\0\0\0\0\0,\0\0\0\0\1\0\1\0\0\2\2D\1\0;"s;

std::string bmp() {  // 1 x 2, 24 bits, from the bottom; rows are padded to 4 bytes, colors are BGR
    std::string file =
        "BM"s + "\x3e\0\0\0"s + "\0\0\0\0"s + "\x36\0\0\0"s + "\x28\0\0\0"s + "\1\0\0\0"s + "\2\0\0\0"s + "\1\0\x18\0"s;
    file += std::string(24, '\0');
    return file + "\1\2\3\0"s + "\4\5\6\0"s;
}

/// A picture of waves, saved by us.
std::string saved(const char* name, int width = 24, int height = 16) {
    Image image{width, height, {}, {}, false};
    for (int i = 0; i < width * height * 3; ++i)
        image.rgb.push_back(0.5f + 0.5f * std::sin(0.1f * static_cast<float>(i)));
    const test::TempFolder folder;
    save_image(folder / name, image);
    return test::file_bytes(folder / name);
}

/// An EXIF segment with one entry, and its JPEG.
std::string with_exif(const std::string& jpeg, const std::string& structure) {
    const std::string data = "Exif\0\0"s + structure;
    const auto size = data.size() + 2;
    return jpeg.substr(0, 2) + "\xff\xe1" + static_cast<char>(size >> 8) + static_cast<char>(size) + data +
           jpeg.substr(2);
}
std::string little_exif(int orientation) {
    return "II*\0\x08\0\0\0\1\0\x12\1\3\0\1\0\0\0"s + static_cast<char>(orientation) + "\0\0\0\0\0\0\0"s;
}
std::string big_exif(int orientation) {
    return "MM\0*\0\0\0\x08\0\1\1\x12\0\3\0\0\0\1\0"s + static_cast<char>(orientation) + "\0\0\0\0\0\0"s;
}
int orientation_of(const std::string& jpeg) { return exif_orientation(jpeg_tags(std::as_bytes(std::span(jpeg))).exif); }

}  // namespace

TEST_SUITE("load_image") {
    TEST_CASE("reads every kind of PNG") {
        const Image rgb = decode(test::png_of(2, 1, 8, 2, "\0\1\2\3\4\5\6"s));
        CHECK(rgb.width == 2);
        CHECK(rgb.height == 1);
        CHECK(in_bytes(rgb.rgb) == Bytes{1, 2, 3, 4, 5, 6});
        CHECK(!rgb.gray);
        CHECK(!rgb.alpha);

        const Image rgba = decode(test::png_of(1, 2, 8, 6, "\0\1\2\3\x80\0\4\5\6\xff"s));
        CHECK(in_bytes(rgba.rgb) == Bytes{1, 2, 3, 4, 5, 6});
        CHECK(in_bytes(*rgba.alpha) == Bytes{128, 255});

        const Image gray = decode(test::png_of(2, 1, 8, 0, "\0\7\xff"s));
        CHECK(gray.gray);
        CHECK(in_bytes(gray.rgb) == Bytes{7, 7, 7, 255, 255, 255});

        const Image gray_alpha = decode(test::png_of(1, 1, 8, 4, "\0\7\x09"s));
        CHECK(gray_alpha.gray);
        CHECK(in_bytes(gray_alpha.rgb) == Bytes{7, 7, 7});
        CHECK(in_bytes(*gray_alpha.alpha) == Bytes{9});

        const Image bits = decode(test::png_of(9, 1, 1, 0, "\0\xa5\x80"s));
        CHECK(bits.gray);
        CHECK(bits.rgb[0] == 1.0f);
        CHECK(bits.rgb[3] == 0.0f);
        CHECK(bits.rgb[24] == 1.0f);

        const auto palette = test::png_chunk("PLTE", "\1\2\3\xff\0\0"s);
        CHECK(in_bytes(decode(test::png_of(2, 1, 8, 3, "\0\1\0"s, palette)).rgb) == Bytes{255, 0, 0, 1, 2, 3});
        const Image transparent =
            decode(test::png_of(2, 1, 8, 3, "\0\1\0"s, palette + test::png_chunk("tRNS", "\x40"s)));
        CHECK(in_bytes(*transparent.alpha) == Bytes{255, 64});
    }
    TEST_CASE("keeps the 16 bits of a PNG") {
        const Image deep = decode(test::png_of(1, 1, 16, 2, "\0\x00\x01\x80\x00\xff\xff"s));
        CHECK(deep.rgb[0] == doctest::Approx(1.0 / 65535));
        CHECK(deep.rgb[1] == doctest::Approx(32768.0 / 65535));
        CHECK(deep.rgb[2] == 1.0f);
    }
    TEST_CASE("an alpha that hides nothing is left out") {
        CHECK(!decode(test::png_of(1, 1, 8, 6, "\0\1\2\3\xff"s)).alpha);
    }
    TEST_CASE("reads GIF and BMP") {
        CHECK(in_bytes(decode(gif).rgb) == Bytes{255, 0, 0});
        CHECK(in_bytes(decode(bmp()).rgb) == Bytes{6, 5, 4, 3, 2, 1});
        std::string from_top = bmp();
        from_top.replace(22, 4, "\xfe\xff\xff\xff");
        CHECK(in_bytes(decode(from_top).rgb) == Bytes{3, 2, 1, 6, 5, 4});
    }
    TEST_CASE("reads PPM and PGM, plain and binary, with any greatest value and comments") {
        CHECK(in_bytes(decode("P6\n# a comment 9 9\n1 2\n255\n\1\2\3\4\5\6").rgb) == Bytes{1, 2, 3, 4, 5, 6});
        CHECK(in_bytes(decode("P5 2 1 5 \1\5").rgb) == Bytes{51, 51, 51, 255, 255, 255});
        CHECK(decode("P5 2 1 5 \1\5").gray);
        CHECK(decode("P5 1 1 65535\n\x80\0"s).rgb[0] == doctest::Approx(32768.0 / 65535));
        CHECK(in_bytes(decode("P3\n1 1 15\n0 5 # five\n15").rgb) == Bytes{0, 85, 255});
        CHECK(in_bytes(decode("P2 1 1 1 1").rgb) == Bytes{255, 255, 255});
        CHECK_ERROR(decode("P6 2 2 255\n12345678901"), "holds 11 bytes of pixels, expected 12");
        CHECK_ERROR(decode("P6 2 2 0\n123456789012"), "claims values up to 0");
        CHECK_ERROR(decode("P6 2 2 65536\n123456789012"), "claims values up to 65536");
        CHECK_ERROR(decode("P6 2 -2 255\n"), "found no number at byte 5");
        CHECK_ERROR(decode("P3 1 1 255 1 2"), "expected");
        CHECK_ERROR(decode("P3 1 1 255 1 2  "), "cut short");
        CHECK_ERROR(decode("P6 99999999999999999999 1 255\n"), "more than 9 digits");
        CHECK_ERROR(decode("P6 # no end"), "cut short");
    }
    TEST_CASE("turns a JPEG upright as its EXIF orientation says") {
        const auto jpeg = saved("a.jpg");
        CHECK(orientation_of(jpeg) == 1);
        for (int orientation = 1; orientation <= 8; ++orientation) {
            CHECK(orientation_of(with_exif(jpeg, little_exif(orientation))) == orientation);
            CHECK(orientation_of(with_exif(jpeg, big_exif(orientation))) == orientation);
        }
        const Image upright = decode(jpeg), turned = decode(with_exif(jpeg, little_exif(6)));
        CHECK(turned.width == 16);
        CHECK(turned.height == 24);
        CHECK(turned.rgb == turn(upright, 6).rgb);
    }
    TEST_CASE("each orientation moves the pixels where it should") {
        Image image{3, 2, {}, std::vector<float>{}, false};
        for (int i = 0; i < 6; ++i) {
            image.rgb.insert(image.rgb.end(), 3, static_cast<float>(i));
            image.alpha->push_back(static_cast<float>(i));
        }
        const auto order = [&](int orientation) {
            const Image turned = turn(image, orientation);
            CHECK(turned.rgb[3] == (*turned.alpha)[1]);
            CHECK(turned.width == (orientation < 5 ? 3 : 2));
            return *turned.alpha;
        };
        using Order = std::vector<float>;
        CHECK(order(1) == Order{0, 1, 2, 3, 4, 5});
        CHECK(order(2) == Order{2, 1, 0, 5, 4, 3});
        CHECK(order(3) == Order{5, 4, 3, 2, 1, 0});
        CHECK(order(4) == Order{3, 4, 5, 0, 1, 2});
        CHECK(order(5) == Order{0, 3, 1, 4, 2, 5});
        CHECK(order(6) == Order{3, 0, 4, 1, 5, 2});
        CHECK(order(7) == Order{5, 2, 4, 1, 3, 0});
        CHECK(order(8) == Order{2, 5, 1, 4, 0, 3});
    }
    TEST_CASE("an EXIF segment that makes no sense turns nothing") {
        const auto jpeg = saved("a.jpg");
        CHECK(orientation_of(with_exif(jpeg, little_exif(0))) == 1);
        CHECK(orientation_of(with_exif(jpeg, little_exif(9))) == 1);
        CHECK(orientation_of(with_exif(jpeg, "")) == 1);
        CHECK(orientation_of(with_exif(jpeg, "II*\0\xff\xff\xff\xff"s)) == 1);
        CHECK(orientation_of(with_exif(jpeg, "II*\0\x08\0\0\0\xff\xff\x12\1"s)) == 1);
        for (std::size_t n = 0; n < 26; ++n) CHECK(orientation_of(with_exif(jpeg, little_exif(6).substr(0, n))) <= 6);
    }
    TEST_CASE("refuses what is no picture, by what it is") {
        CHECK_ERROR(decode("hello"),
                    "x: found no picture, expected PNG, JPEG, BMP, GIF, PPM, WebP, TIFF, HEIC or AVIF");
        CHECK_ERROR(decode("1234ftypisom"), "found a video");
        CHECK_ERROR(decode("<svg>"), "found a text");
        const test::TempFolder folder;
        CHECK_ERROR(load_image(folder / "none.jpg"), "none.jpg: found no such file, expected a picture");
        CHECK_ERROR(load_image(folder / "."), "found a directory");
        CHECK_ERROR(load_image(folder.write("a.png", "")), "a.png: found an empty file");
    }
    TEST_CASE("refuses absurd sizes before it takes memory for them") {
        CHECK_ERROR(decode(test::png_of(200000, 200000, 8, 2, "\0"s)),
                    "x: claims 200000 x 200000 pixels, expected 1 to 65535 a side");
        CHECK_ERROR(decode(test::png_of(0, 1, 8, 2, "\0"s)), "claims 0 x 1");
        CHECK_ERROR(decode(test::png_of(4294967295, 4294967295, 8, 2, "\0"s)), "claims 4294967295 x 4294967295");
        CHECK_ERROR(decode(test::png_of(16000, 16000, 8, 2, "\0"s)), "claims 16000 x 16000 pixels in");
        CHECK_ERROR(decode("P6 65535 65535 255\n"), "at most 268435456 in all");
        std::string file = bmp();
        file.replace(18, 8, "\xff\xff\xff\x7f\0\0\0\x80"s);
        CHECK_ERROR(decode(file), "claims 2147483647 x 2147483648");
    }
    TEST_CASE("refuses a picture that is cut short, wherever it is cut") {
        const std::string pictures[] = {saved("a.jpg"),
                                        saved("a.png"),
                                        gif.substr(0, gif.size() - 1),
                                        bmp(),
                                        test::png_of(2, 1, 8, 2, "\0\1\2\3\4\5\6"s),
                                        "P6 2 2 255\n123456789012"};
        for (const auto& picture : pictures) {
            CHECK(test::error_of([&] { decode(picture); }) == "");
            // A BMP's last row may lack its padding, one byte here.
            const std::size_t most = picture.size() - (picture[0] == 'B' ? 1 : 0);
            for (std::size_t n = 2; n < most; ++n) {
                const auto sentence = test::error_of([&] { decode(picture.substr(0, n)); });
                CHECK_MESSAGE(sentence != "", n, " of ", picture.size(), " bytes of ", picture.substr(0, 4));
            }
        }
    }
    TEST_CASE("refuses a PNG with a flipped bit") {
        auto file = saved("a.png");
        file[file.size() - 30] ^= 1;
        CHECK_ERROR(decode(file), "x: found damaged data (a wrong checksum), expected an intact PNG");
    }
    TEST_CASE("no damage does more than an error or another picture") {
        const std::string pictures[] = {saved("a.jpg"),    with_exif(saved("a.jpg"), big_exif(8)),     gif, bmp(),
                                        "P3 1 1 15 1 2 3", test::png_of(2, 1, 8, 2, "\0\1\2\3\4\5\6"s)};
        std::mt19937 rng(1);
        for (int i = 0; i < 6000; ++i) {
            std::string file = pictures[static_cast<std::size_t>(i) % std::size(pictures)];
            for (unsigned n = rng() % 4 + 1; n > 0; --n) file[rng() % file.size()] = static_cast<char>(rng());
            test::error_of([&] {
                const Image image = decode(file);
                CHECK(image.rgb.size() == static_cast<std::size_t>(image.width * image.height * 3));
            });
        }
    }
    TEST_CASE("real pictures are read, a truncated one is refused") {
        const auto folder = test::shared_dir();
        SKIP_WITHOUT(folder, "GRADUS_SHARED");
        for (const auto& file : std::filesystem::directory_iterator(*folder / "images")) {
            if (file.path().filename() == "truncated.jpg") {
                CHECK_ERROR(load_image(file.path()), "truncated.jpg: ");
            } else {
                const Image image = load_image(file.path());
                CHECK(image.width >= 28);
                const auto [darkest, brightest] = std::ranges::minmax(image.rgb);
                CHECK(darkest >= 0.0f);
                CHECK(brightest <= 1.0f);
                CHECK(brightest - darkest > 0.5f);
            }
        }
    }
}
