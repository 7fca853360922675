#include "tools/search/search_vectors.h"

#include <algorithm>
#include <cmath>

#include "tests/check.h"

using namespace gradus;

namespace {

void set(Tensor& t, std::initializer_list<float> values) {
    std::copy(values.begin(), values.end(), t.values_to_write<float>().begin());
}

/// A search's vectors over a bowl of two values that pull at each other, slope = (a + 0.9 b, 0.9 a + b) - pull.
struct Two {
    Tensor x{{2}, {0, 0}}, gradient{{2}, {0, 0}};
    SearchVectors vectors;

    Two(Device& device, const kernels::Box& box) : vectors(x, gradient, 3, box, {.device = &device}) {}
    SearchVectors::Aim aim_at(float a, float b) {
        set(x, {a, b});
        set(gradient, {a + 0.9f * b - 0.55f, 0.9f * a + b - 2.5f});
        vectors.begin();
        return vectors.aim();
    }
    float at(std::size_t i) const { return x.values<float>()[i]; }
    float slope(std::size_t i) const { return gradient.values<float>()[i]; }
};

}  // namespace

TEST_SUITE("search_vectors") {
    TEST_CASE("go along the line and back, and tell slope and change there") {
        for (Device* device : test::devices()) {
            Two two(*device, {});
            set(two.x, {0.5f, 0.875f});
            set(two.gradient, {-0.25f, -0.5f});  // shorter than 1 in all: the direction is its negative
            two.vectors.begin();
            const SearchVectors::Aim aim = two.vectors.aim();
            CHECK(aim.slope == -0.3125);
            CHECK(aim.largest == 0.5);
            CHECK(two.vectors.largest_slope() == 0.5);
            two.vectors.go(2);
            CHECK(two.at(0) == 1);
            CHECK(two.at(1) == 1.875f);
            CHECK(two.vectors.largest_change() == 1);
            set(two.gradient, {1, -1});
            CHECK(two.vectors.slope() == -0.25);
            two.vectors.restore_gradient();
            CHECK(two.slope(1) == -0.5f);
            set(two.gradient, {1, -1});
            two.vectors.keep();
            set(two.gradient, {3, 4});
            two.vectors.restore_gradient();
            CHECK(two.slope(1) == -1);
            two.vectors.back();
            CHECK(two.at(0) == 0.5f);
            CHECK(two.vectors.largest_change() == 0);
        }
    }
    TEST_CASE("what reached an edge on the way counts no more for the slope along it") {
        for (Device* device : test::devices()) {
            Two two(*device, {0, 1});
            set(two.x, {0.5f, 0.875f});
            set(two.gradient, {-0.25f, -0.5f});
            two.vectors.begin();
            two.vectors.aim();
            two.vectors.go(0.5);
            CHECK(two.at(0) == 0.625f);
            CHECK(two.at(1) == 1);
            CHECK(two.vectors.slope() == -0.0625);       // of the first alone
            CHECK(two.vectors.largest_slope() == 0.25);  // the second is pinned
            set(two.gradient, {0.125f, 0.5f});           // and now it is not
            CHECK(two.vectors.largest_slope() == 0.5);
        }
    }
    TEST_CASE("the direction holds what is pinned, and what it would itself push out") {
        for (Device* device : test::devices()) {
            Two two(*device, {0, 1});
            two.aim_at(0.5f, 0.5f);
            two.aim_at(0.6f, 0.5f);
            two.aim_at(0.6f, 0.4f);
            // Newton's direction from here is (-9, 10): out of the box with the first, whose own slope points in.
            const SearchVectors::Aim aim = two.aim_at(0, 0.5f);
            CHECK(two.slope(0) < 0);
            two.vectors.go(0.01);
            CHECK(two.at(0) == 0);
            const double moved = static_cast<double>(two.at(1) - 0.5f) / 0.01;
            CHECK(moved > 0);
            CHECK(aim.slope == doctest::Approx(static_cast<double>(two.slope(1)) * moved).epsilon(1e-4));
            // Pinned by its slope, though the direction of both together would lead it in.
            Two other(*device, {0, 1});
            other.aim_at(0.5f, 0.5f);
            other.aim_at(0.6f, 0.5f);
            other.aim_at(0.6f, 0.4f);
            other.aim_at(0, 1);
            CHECK(other.slope(0) > 0);
            other.vectors.go(0.1);
            CHECK(other.at(0) == 0);
        }
    }
    TEST_CASE("without a history the direction is steepest descent again") {
        for (Device* device : test::devices())
            for (const bool boxed : {false, true}) {
                Two two(*device, boxed ? kernels::Box{-9, 9} : kernels::Box{});
                two.aim_at(0.5f, 0.5f);
                two.aim_at(0.6f, 0.5f);
                const double newton = two.aim_at(0.6f, 0.4f).slope;
                two.vectors.forget();
                const double steepest = two.aim_at(0.6f, 0.4f).slope;
                const double a = static_cast<double>(two.slope(0)), b = static_cast<double>(two.slope(1));
                CHECK(steepest == doctest::Approx(-(a * a + b * b) / std::max(1.0, std::abs(a) + std::abs(b))));
                CHECK(newton != doctest::Approx(steepest));
            }
    }
    TEST_CASE("a picture outside of the box enters it") {
        for (Device* device : test::devices()) {
            Two two(*device, {0, 1});
            set(two.x, {-3, 0.5f});
            two.vectors.enter();
            CHECK(two.at(0) == 0);
            CHECK(two.at(1) == 0.5f);
        }
    }
}
