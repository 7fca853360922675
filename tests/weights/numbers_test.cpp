#include "weights/numbers.h"

#include <doctest/doctest.h>

#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

#include "tests/error.h"

using namespace gradus;

TEST_SUITE("numbers") {
    TEST_CASE("every half goes to f32 and back unchanged") {
        for (std::uint32_t bits = 0; bits < 65536; ++bits) {
            const auto half = static_cast<std::uint16_t>(bits);
            const float value = from_f16(half);
            if (std::isnan(value))
                CHECK(std::isnan(from_f16(to_f16(value))));
            else if (to_f16(value) != half)
                FAIL("half ", bits, " became ", to_f16(value));
        }
        CHECK(from_f16(0x3c00) == 1.0f);
        CHECK(from_f16(0x0001) == std::ldexp(1.0f, -24));
        CHECK(from_f16(0xfbff) == -65504.0f);
        CHECK(std::signbit(from_f16(0x8000)));
    }
    TEST_CASE("f32 goes to the nearest half, ties to even") {
        CHECK(to_f16(1.0f + 0x1p-11f) == 0x3c00);      // halfway to the next: even is below
        CHECK(to_f16(1.0f + 3 * 0x1p-11f) == 0x3c02);  // halfway: even is above
        CHECK(to_f16(1.0f + 0x1p-11f + 0x1p-20f) == 0x3c01);
        CHECK(to_f16(65519.0f) == 0x7bff);
        CHECK(to_f16(65520.0f) == 0x7c00);
        CHECK(to_f16(-1e30f) == 0xfc00);
        CHECK(to_f16(0x1p-25f) == 0);  // halfway to the smallest: even is zero
        CHECK(to_f16(0x1.8p-25f) == 1);
        CHECK(to_f16(std::nextafter(0x1p-14f, 0.0f)) == 0x0400);  // rounds up into the normal numbers
    }
    TEST_CASE("values are read whatever their alignment, and refused where they are not numbers") {
        const float values[] = {1.5f, -2.0f};
        std::vector<std::byte> bytes(1 + sizeof values);
        std::memcpy(bytes.data() + 1, values, sizeof values);
        const Entry entry{"a", FileType::f32, {2}, std::span(bytes).subspan(1)};
        CHECK(read_f32(entry, "x") == std::vector<float>{1.5f, -2.0f});

        const double doubles[] = {0.5, std::numeric_limits<double>::infinity()};
        CHECK_ERROR(read_f32({"a", FileType::f64, {2}, std::as_bytes(std::span(doubles))}, "x"),
                    "x: tensor \"a\" holds inf at position 1, expected finite numbers");
        const std::uint16_t nan = 0x7fc0;
        CHECK_ERROR(read_f32({"a", FileType::bf16, {1}, std::as_bytes(std::span(&nan, 1))}, "x"), "holds nan");
        CHECK_ERROR(read_f32({"a", FileType::i64, {1}, std::as_bytes(std::span(doubles, 1))}, "x"),
                    "is I64, expected F64");
    }
}
