// LeNet learns to read digits: drawn ones, each of another size, place, turn, slant, weight and brightness, under
// noise.
#include <doctest/doctest.h>

#include <chrono>
#include <cmath>
#include <string>

#include "tests/env.h"
#include "tests/program.h"
#include "tests/temp_folder.h"
#include "tests/tools/train/class_folders.h"
#include "tools/image/text.h"

using namespace gradus;

namespace {

constexpr int side = 28;

/// The digit as it comes out, large, in the middle.
Image drawn(int digit, bool bold) {
    constexpr int large = 2 * side;
    Image image{.width = large, .height = large, .rgb = std::vector<float>(large * large * 3, 0.0f)};
    const TextStyle style{.size = 48, .color = {1, 1, 1}, .bold = bold};
    const std::string text = std::to_string(digit);
    draw_text(image, (large - text_width(text, style)) / 2, (large - text_height(style)) / 2, text, style);
    return image;
}

/// The digit as somebody may have written it.
BytePicture written(int digit, int number) {
    const Draws draws("digits", 1, digit, number);
    const Image from = drawn(digit, draws.below(0, 2) == 1);
    const float turn = draws.uniform(1, -0.25f, 0.25f), slant = draws.uniform(2, -0.3f, 0.3f);
    const float wide = draws.uniform(3, 1.5f, 2.6f), high = draws.uniform(4, 1.5f, 2.6f);
    const float right = draws.uniform(5, -3, 3), down = draws.uniform(6, -3, 3), light = draws.uniform(7, 0.6f, 1);
    BytePicture picture = test::noise_picture(side, side, 1000 * digit + number);
    for (int y = 0; y < side; ++y)
        for (int x = 0; x < side; ++x) {
            const float u = static_cast<float>(x) - side / 2.0f - right, v = static_cast<float>(y) - side / 2.0f - down;
            const float a = std::cos(turn) * u + std::sin(turn) * v, b = std::cos(turn) * v - std::sin(turn) * u;
            const auto column = static_cast<int>(std::lround(side + (a + slant * b) * wide)),
                       row = static_cast<int>(std::lround(side + b * high));
            const bool inside = column >= 0 && column < 2 * side && row >= 0 && row < 2 * side;
            const float ink = inside ? from.rgb[static_cast<std::size_t>((row * 2 * side + column) * 3)] : 0.0f;
            for (int c = 0; c < 3; ++c) {
                std::uint8_t& value = picture.rgb[static_cast<std::size_t>((y * side + x) * 3 + c)];
                value = static_cast<std::uint8_t>(std::lround(0.2f * value + 0.8f * 255 * light * ink));
            }
        }
    return picture;
}

}  // namespace

TEST_SUITE("digits") {
    TEST_CASE("LeNet reads 98 of 100 (slow)") {
        SKIP_WITHOUT(test::program_built(), "the program, built");
        const test::TempFolder folder;
        for (int digit = 0; digit < 10; ++digit)
            for (int n = 0; n < 400; ++n)
                test::put(folder / "digits" / std::to_string(digit) / (std::to_string(n) + ".ppm"),
                          test::ppm_of(written(digit, n)));
        const auto start = std::chrono::steady_clock::now();
        const test::Ran ran = test::gradus_in(
            folder / "",
            "train classifier digits -o digits.safetensors --net lenet --epochs 4 --batch 64 --rate 0.05 --warm-up 0.5 "
            "--no-flip --least-area 0.8 --most-aspect 1.1 --hold-out 0.25");
        const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
        REQUIRE_MESSAGE(ran.code == 0, ran.said);
        const std::size_t last = ran.said.rfind("top-1 ");
        REQUIRE(last != std::string::npos);
        const double right = std::stod(ran.said.substr(last + 6));
        MESSAGE(right, " % of 1000 digits that it had not seen, after ", seconds.count(), " s");
        CHECK(right >= 98);
    }
}
