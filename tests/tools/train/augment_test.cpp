#include "tools/train/augment.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <set>

#include "engine/plan.h"
#include "ops/resize.h"
#include "tests/check.h"
#include "tests/error.h"
#include "tests/tools/train/class_folders.h"
#include "tools/image/crop.h"
#include "tools/image/resample.h"
#include "tools/image/tensor.h"
#include "tools/train/color_jitter.h"

using namespace gradus;

namespace {

using Values = std::vector<float>;

Values sample(const BytePicture& picture, int size, const AugmentOptions& options, int number = 0) {
    Values to(static_cast<std::size_t>(size * size * 3), std::nanf(""));
    augment(picture, size, options, Draws("augment", 1, 0, number), to.data());
    return to;
}

Values fitted(const BytePicture& picture, int size) {
    Values to(static_cast<std::size_t>(size * size * 3), std::nanf(""));
    fit(picture, size, to.data());
    return to;
}

Image image_of(const BytePicture& picture) {
    Image image{picture.width, picture.height, {}, {}, false};
    for (const std::uint8_t byte : picture.rgb) image.rgb.push_back(static_cast<float>(byte) / 255.0f);
    return image;
}

double farthest(std::span<const float> a, std::span<const float> b) {
    REQUIRE(a.size() == b.size());
    double most = 0;
    for (std::size_t i = 0; i < a.size(); ++i) most = std::max(most, std::abs(static_cast<double>(a[i] - b[i])));
    return most;
}

Values mirrored(const Values& rgb, int size) {
    Values out;
    for (int y = 0; y < size; ++y)
        for (int x = size - 1; x >= 0; --x)
            for (int c = 0; c < 3; ++c) out.push_back(rgb[static_cast<std::size_t>((y * size + x) * 3 + c)]);
    return out;
}

const AugmentOptions everything{.least_area = 0.1,
                                .most_aspect = 2,
                                .shift = 3,
                                .flip = true,
                                .brightness = 0.4,
                                .contrast = 0.4,
                                .saturation = 0.4,
                                .cut_out = 5};

}  // namespace

TEST_SUITE("augment") {
    TEST_CASE("a part is resampled as the op resizes it, larger and smaller") {
        const BytePicture picture = test::noise_picture(37, 29, 1);
        for (const int size : {1, 5, 16, 29, 64}) {
            std::vector<int> all(static_cast<std::size_t>(size));
            std::iota(all.begin(), all.end(), 0);
            for (const PixelBox part : {PixelBox{0, 0, 29, 37}, PixelBox{3, 7, 20, 36}, PixelBox{28, 36, 29, 37}}) {
                Values to(static_cast<std::size_t>(size * size * 3));
                resample(picture, part, all, all, to.data());
                Graph g;
                Var x = g.leaf(tensor_of(crop(image_of(picture), part.left, part.top, part.width(), part.height())));
                CHECK(farthest(to, value(resize(x, size, size, ResizeKind::antialias)).values<float>()) < 1e-6);
            }
        }
    }
    TEST_CASE("a picture of the sample's size is left as it is, a larger one gives its middle") {
        const BytePicture picture = test::noise_picture(16, 16, 2);
        CHECK(farthest(fitted(picture, 16), image_of(picture).rgb) < 1e-7);
        CHECK(sample(picture, 16, {}) == fitted(picture, 16));
        const BytePicture wide = test::noise_picture(21, 16, 3);
        CHECK(farthest(fitted(wide, 16), crop(image_of(wide), 2, 0, 16, 16).rgb) < 1e-7);
    }
    TEST_CASE("parts lie in the picture, and are as large and wide as asked for") {
        for (const auto& [w, h] : {std::pair(100, 80), std::pair(7, 50), std::pair(1, 1), std::pair(2, 1)}) {
            double least = 1, most = 0;
            std::set<int> lefts, tops;
            for (int n = 0; n < 2000; ++n) {
                const PixelBox part =
                    drawn_part(w, h, {.least_area = 0.2, .most_aspect = 1.5}, Draws("augment", 1, 0, n));
                REQUIRE(part.left >= 0);
                REQUIRE(part.top >= 0);
                REQUIRE(part.right <= w);
                REQUIRE(part.bottom <= h);
                REQUIRE(part.width() >= 1);
                REQUIRE(part.height() >= 1);
                if (w != 100) continue;
                const double area = part.width() * part.height() / 8000.0;
                REQUIRE((part.width() + 0.5) * 1.5 >= part.height() - 0.5);
                REQUIRE(part.width() - 0.5 <= 1.5 * (part.height() + 0.5));
                least = std::min(least, area);
                most = std::max(most, area);
                lefts.insert(part.left);
                tops.insert(part.top);
            }
            if (w != 100) continue;
            CHECK(least == doctest::Approx(0.2).epsilon(0.05));
            CHECK(most > 0.9);
            CHECK(lefts.size() > 40);
            CHECK(tops.size() > 30);
        }
    }
    TEST_CASE("half of the samples are mirrored, and a mirrored one twice is itself") {
        const BytePicture picture = test::noise_picture(12, 12, 4);
        const Values plain = fitted(picture, 12);
        CHECK(mirrored(mirrored(plain, 12), 12) == plain);
        int flipped = 0;
        for (int n = 0; n < 1000; ++n) {
            const Values got = sample(picture, 12, {.flip = true}, n);
            REQUIRE((got == plain || got == mirrored(plain, 12)));
            flipped += got != plain;
        }
        CHECK(std::abs(flipped - 500) < 80);  // five deviations
    }
    TEST_CASE("a shift moves by whole pixels, evenly in all directions, and mirrors the edge") {
        const int size = 8;
        BytePicture picture = test::plain_picture(size, size, 0, 0, 0);
        for (int y = 0; y < size; ++y)
            for (int x = 0; x < size; ++x) {
                picture.rgb[static_cast<std::size_t>((y * size + x) * 3)] = static_cast<std::uint8_t>(x);
                picture.rgb[static_cast<std::size_t>((y * size + x) * 3 + 1)] = static_cast<std::uint8_t>(y);
            }
        std::map<std::pair<int, int>, int> times;
        for (int n = 0; n < 2500; ++n) {
            const Values got = sample(picture, size, {.shift = 2}, n);
            const auto at = [&](int y, int x, int c) {
                return static_cast<int>(std::lround(got[static_cast<std::size_t>((y * size + x) * 3 + c)] * 255));
            };
            const int right = at(4, 4, 0) - 4, down = at(4, 4, 1) - 4;
            ++times[{right, down}];
            for (int y = 0; y < size; ++y)
                for (int x = 0; x < size; ++x) {
                    const int from = x + right;
                    REQUIRE(at(y, x, 0) == (from < 0 ? -from : from > 7 ? 14 - from : from));
                    REQUIRE(at(y, x, 1) == std::min(std::abs(y + down), 14 - (y + down)));
                }
        }
        CHECK(times.size() == 25);
        for (const auto& [by, n] : times) CHECK(std::abs(n - 100) < 50);  // five deviations
    }
    TEST_CASE("a plain color stays itself, whatever part, shift and side") {
        const BytePicture picture = test::plain_picture(31, 17, 200, 100, 50);
        AugmentOptions options = everything;
        options.brightness = options.contrast = options.saturation = options.cut_out = 0;
        for (int n = 0; n < 50; ++n) {
            const Values got = sample(picture, 9, options, n);
            for (std::size_t i = 0; i < got.size(); ++i)
                CHECK(got[i] == doctest::Approx((i % 3 == 0 ? 200 : i % 3 == 1 ? 100 : 50) / 255.0).epsilon(1e-6));
        }
    }
    TEST_CASE("colors change one step after the other, and stay within 0..1") {
        const Values before = fitted(test::noise_picture(6, 6, 5), 6);
        const auto gray = [](const Values& v, std::size_t i) {
            const std::size_t p = i / 3 * 3;
            return 0.299 * static_cast<double>(v[p]) + 0.587 * static_cast<double>(v[p + 1]) +
                   0.114 * static_cast<double>(v[p + 2]);
        };
        for (const ColorFactors by : {ColorFactors{1.3f, 1, 1}, ColorFactors{1, 0.6f, 1}, ColorFactors{1, 1, 1.4f},
                                      ColorFactors{0.7f, 1.4f, 0.8f}, ColorFactors{1, 1, 0}}) {
            Values got = before, expected = before;
            change_colors(by, got);
            for (float& v : expected) v *= by.brightness;
            double mean = 0;
            for (std::size_t i = 0; i < expected.size(); i += 3) mean += gray(expected, i) / 36;
            for (float& v : expected) v = static_cast<float>(mean) + by.contrast * (v - static_cast<float>(mean));
            const Values grays = expected;
            for (std::size_t i = 0; i < expected.size(); ++i) {
                const auto g = static_cast<float>(gray(grays, i));
                expected[i] = std::clamp(g + by.saturation * (expected[i] - g), 0.0f, 1.0f);
            }
            CHECK(farthest(got, expected) < 1e-6);
            CHECK(farthest(got, before) > 0.05);
        }
    }
    TEST_CASE("a square is cut out around any pixel, and nothing else changes") {
        const BytePicture picture = test::plain_picture(10, 10, 255, 255, 255);
        std::set<int> sizes;
        bool corner = false;
        for (int n = 0; n < 500; ++n) {
            const Values got = sample(picture, 10, {.cut_out = 4}, n);
            int gray = 0, first_row = 10, end_row = 0, first_column = 10, end_column = 0;
            for (int i = 0; i < 100; ++i) {
                const float v = got[static_cast<std::size_t>(3 * i)];
                if (v == 1.0f) continue;
                REQUIRE(v == 0.5f);
                ++gray;
                first_row = std::min(first_row, i / 10), end_row = std::max(end_row, i / 10 + 1);
                first_column = std::min(first_column, i % 10), end_column = std::max(end_column, i % 10 + 1);
            }
            REQUIRE(gray == (end_row - first_row) * (end_column - first_column));
            REQUIRE(end_row - first_row <= 4);
            REQUIRE(end_column - first_column <= 4);
            sizes.insert(gray);
            corner = corner || got[0] == 0.5f;
        }
        CHECK(*sizes.begin() == 4);  // of the square around the first pixel, two rows and columns are there
        CHECK(*sizes.rbegin() == 16);
        CHECK(corner);
    }
    TEST_CASE("a sample is a function of its number and of the epoch, and one option does not stir the others") {
        const BytePicture picture = test::noise_picture(40, 30, 6);
        CHECK(sample(picture, 16, everything, 3) == sample(picture, 16, everything, 3));
        CHECK(sample(picture, 16, everything, 3) != sample(picture, 16, everything, 4));
        Values other(16 * 16 * 3);
        augment(picture, 16, everything, Draws("augment", 1, 1, 3), other.data());
        CHECK(sample(picture, 16, everything, 3) != other);
        AugmentOptions uncut = everything;
        uncut.cut_out = 0;
        const Values cut = sample(picture, 16, everything, 3), whole = sample(picture, 16, uncut, 3);
        for (std::size_t i = 0; i < cut.size(); ++i) CHECK((cut[i] == whole[i] || cut[i] == 0.5f));
    }
    TEST_CASE("refuses options that make no sense") {
        const auto refused = [](AugmentOptions o) { return test::error_of([&] { check_augment(o, 32); }); };
        CHECK(refused(everything) == "");
        CHECK(test::has(refused({.least_area = 0}), "train: was given crops of at least 0 of a picture"));
        CHECK(test::has(refused({.least_area = 1.1}), "crops of at least 1.1 of a picture"));
        CHECK(test::has(refused({.most_aspect = 0.5}), "crops up to 0.5 times as wide as high"));
        CHECK(test::has(refused({.shift = 32}), "a shift of 32 pixels, expected 0 to 31, for samples of 32"));
        CHECK(test::has(refused({.shift = -1}), "a shift of -1 pixels"));
        CHECK(test::has(refused({.cut_out = 33}), "cut out 33 pixels a side, expected 0 to 32"));
        CHECK(test::has(refused({.brightness = 1.5}), "change the brightness by 1.5, expected 0 to 1"));
        CHECK(test::has(refused({.contrast = -1}), "change the contrast by -1"));
        CHECK(test::has(refused({.saturation = std::nan("")}), "change the saturation by nan"));
        CHECK_ERROR(check_augment({}, 0), "samples of 0 pixels a side");
    }
}
