#include "tools/image/original_colors.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "tests/check.h"

using namespace gradus;

namespace {

Image some(unsigned seed, float spread) {
    const Tensor noise = test::noise_tensor({1, 12, 16, 3}, seed);
    Image image{.width = 16, .height = 12, .rgb = {}};
    for (const float v : noise.values<float>()) image.rgb.push_back(std::clamp(0.5f + spread * v, 0.0f, 1.0f));
    return image;
}

/// Y, Cb and Cr of pixel `i`, by the matrix of JFIF, centered at 0.
std::array<double, 3> ycc(const Image& image, std::size_t i) {
    const auto r = static_cast<double>(image.rgb[3 * i]), g = static_cast<double>(image.rgb[3 * i + 1]),
               b = static_cast<double>(image.rgb[3 * i + 2]);
    return {0.299 * r + 0.587 * g + 0.114 * b, -0.168735892 * r - 0.331264108 * g + 0.5 * b,
            0.5 * r - 0.418687589 * g - 0.081312411 * b};
}

}  // namespace

TEST_SUITE("original colors") {
    TEST_CASE("brightness is the picture's, chroma the photograph's, paler where that is no color") {
        int kept = 0, paler = 0;
        for (const float spread : {0.1f, 0.8f}) {
            const Image picture = some(1, spread), photo = some(2, spread);
            const Image both = with_colors_of(picture, photo);
            for (std::size_t i = 0; i < 16 * 12; ++i) {
                const auto is = ycc(both, i), bright = ycc(picture, i), colored = ycc(photo, i);
                CHECK(std::abs(is[0] - bright[0]) < 1e-6);
                const double chroma = std::hypot(is[1], is[2]), whole = std::hypot(colored[1], colored[2]);
                CHECK(std::abs(is[1] * colored[2] - is[2] * colored[1]) < 1e-6);  // one direction
                CHECK(is[1] * colored[1] + is[2] * colored[2] >= -1e-7);          // not the opposite one
                const auto [least, most] =
                    std::minmax_element(both.rgb.begin() + static_cast<std::ptrdiff_t>(3 * i),
                                        both.rgb.begin() + static_cast<std::ptrdiff_t>(3 * i + 3));
                CHECK((*least >= 0 && *most <= 1));
                if (std::abs(chroma - whole) < 1e-6) {
                    ++kept;
                } else {  // as much of it as there is room for
                    CHECK(chroma < whole);
                    CHECK((*least < 1e-6f || *most > 1 - 1e-6f));
                    ++paler;
                }
            }
        }
        CHECK(kept > 150);
        CHECK(paler > 20);
    }
    TEST_CASE("a picture that is the photograph stays it, bit for bit") {
        const Image photo = some(3, 0.8f);
        CHECK(with_colors_of(photo, photo).rgb == photo.rgb);
    }
    TEST_CASE("a gray photograph has no color to give") {
        Image gray = some(4, 0.3f);
        for (std::size_t i = 0; i < gray.rgb.size(); ++i) gray.rgb[i] = gray.rgb[i / 3 * 3];
        const Image picture = some(5, 0.3f), result = with_colors_of(picture, gray);
        for (std::size_t i = 0; i < result.rgb.size(); i += 3) {
            CHECK(result.rgb[i] == doctest::Approx(result.rgb[i + 1]).epsilon(1e-6));
            CHECK(result.rgb[i] == doctest::Approx(result.rgb[i + 2]).epsilon(1e-6));
        }
    }
    TEST_CASE("transparency is the picture's, and another size is refused") {
        Image picture = some(6, 0.3f), photo = some(7, 0.3f);
        picture.alpha = std::vector<float>(16 * 12, 0.25f);
        CHECK(with_colors_of(picture, photo).alpha == picture.alpha);
        photo.height = 6;
        photo.rgb.resize(photo.rgb.size() / 2);
        test::check_refuses([&] { with_colors_of(picture, photo); },
                            "original colors: the picture is 16x12, the photograph 16x6; expected one size");
    }
}
