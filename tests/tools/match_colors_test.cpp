#include "tools/image/match_colors.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "tests/check.h"

using namespace gradus;

namespace {

/// Colors that depend on each other, around a middle.
Image some(unsigned seed, float middle, float spread, int width = 16) {
    const std::vector<float> noise = test::noise(width * 12 * 3, seed);
    Image image{.width = width, .height = 12, .rgb = {}};
    for (std::size_t i = 0; i < noise.size(); ++i)
        image.rgb.push_back(middle + spread * (noise[i] + 0.5f * noise[3 * (i / 3)]));
    return image;
}

double mean(const Image& image, std::size_t a) {
    double sum = 0;
    for (std::size_t i = a; i < image.rgb.size(); i += 3) sum += static_cast<double>(image.rgb[i]);
    return 3 * sum / static_cast<double>(image.rgb.size());
}

double covariance(const Image& image, std::size_t a, std::size_t b) {
    double sum = 0;
    for (std::size_t i = 0; i < image.rgb.size(); i += 3)
        sum += (static_cast<double>(image.rgb[i + a]) - mean(image, a)) *
               (static_cast<double>(image.rgb[i + b]) - mean(image, b));
    return 3 * sum / static_cast<double>(image.rgb.size());
}

std::vector<float> sorted(const Image& image, std::size_t color) {
    std::vector<float> values;
    for (std::size_t i = color; i < image.rgb.size(); i += 3) values.push_back(image.rgb[i]);
    std::sort(values.begin(), values.end());
    return values;
}

}  // namespace

TEST_SUITE("match colors") {
    TEST_CASE("a histogram is taken over, and the order of values stays") {
        const Image picture = some(1, 0.4f, 0.1f), colors = some(2, 0.6f, 0.2f);
        const Image matched = with_histogram_of(picture, colors);
        for (std::size_t color = 0; color < 3; ++color) CHECK(sorted(matched, color) == sorted(colors, color));
        for (std::size_t i = 3; i < picture.rgb.size(); ++i)
            CHECK((picture.rgb[i] < picture.rgb[i - 3]) == (matched.rgb[i] < matched.rgb[i - 3]));
        CHECK(with_histogram_of(picture, picture).rgb == picture.rgb);
    }
    TEST_CASE("of a picture of another size, values in between") {
        const Image picture = some(1, 0.4f, 0.1f), colors = some(2, 0.6f, 0.2f, 37);
        const Image matched = with_histogram_of(picture, colors);
        for (std::size_t color = 0; color < 3; ++color) {
            CHECK(mean(matched, color) == doctest::Approx(mean(colors, color)).epsilon(0.01));
            CHECK(covariance(matched, color, color) == doctest::Approx(covariance(colors, color, color)).epsilon(0.03));
        }
    }
    TEST_CASE("equal values stay equal") {
        Image flat{.width = 4, .height = 1, .rgb = {0.5f, 0, 1, 0.5f, 0, 1, 0.5f, 0, 1, 0.5f, 0, 1}};
        const Image matched = with_histogram_of(flat, some(2, 0.6f, 0.2f));
        for (std::size_t i = 3; i < flat.rgb.size(); ++i) CHECK(matched.rgb[i] == matched.rgb[i - 3]);
    }
    TEST_CASE("a linear map takes over mean and covariance") {
        const Image picture = some(1, 0.4f, 0.1f), colors = some(2, 0.6f, 0.15f, 37);
        const Image matched = with_color_statistics_of(picture, colors);
        for (std::size_t a = 0; a < 3; ++a) {
            CHECK(mean(matched, a) == doctest::Approx(mean(colors, a)).epsilon(1e-5));
            for (std::size_t b = 0; b < 3; ++b)
                CHECK(std::abs(covariance(matched, a, b) - covariance(colors, a, b)) < 1e-6);
        }
        const Image gray{.width = 2, .height = 1, .rgb = {0.5f, 0.5f, 0.5f, 0.5f, 0.5f, 0.5f}};
        for (const float v : with_color_statistics_of(gray, colors).rgb) CHECK(std::isfinite(v));
    }
}
