#include "ops/arithmetic.h"

#include "ops/slice_channels.h"
#include "tests/check.h"

using namespace gradus;

namespace {

using Operation = Var (*)(Var, Var);

struct Case {
    const char* name;
    Operation f;
};
constexpr Case cases[] = {{"subtract", subtract}, {"multiply", multiply}, {"divide", divide}};

/// Keeps divisors away from 0.
void away_from_zero(std::vector<float>& values, std::size_t input) {
    if (input == 1)
        for (float& v : values) v += v < 0 ? -0.5f : 0.5f;
}

std::vector<float> floats(const Tensor& t) { return {t.values<float>().begin(), t.values<float>().end()}; }

}  // namespace

TEST_SUITE("arithmetic") {
    TEST_CASE("the second operand is alike, one per channel, or one for all") {
        Graph g;
        Var a = g.leaf(Tensor({2, 2}, {1, 2, 3, 4}));
        Var all = g.leaf(Tensor({2, 2}, {1, 2, 4, 8})), channel = g.leaf(Tensor({2}, {2, 4})), one = g.number(2);
        for (Device* on : test::devices()) {
            CHECK(floats(value(subtract(a, all), {.device = on})) == std::vector<float>{0, 0, -1, -4});
            CHECK(floats(value(multiply(a, channel), {.device = on})) == std::vector<float>{2, 8, 6, 16});
            CHECK(floats(value(divide(a, one), {.device = on})) == std::vector<float>{0.5f, 1, 1.5f, 2});
        }
    }
    TEST_CASE("every kernel agrees with the reference, and the gradients with differences") {
        for (const Case& c : cases)
            for (const auto& [a, b] :
                 {std::pair{Shape{1}, Shape{1}}, std::pair{Shape{3}, Shape{1}},
                  std::pair{Shape{2, 3, 5, 7}, Shape{2, 3, 5, 7}}, std::pair{Shape{2, 3, 5, 7}, Shape{7}},
                  std::pair{Shape{2, 3, 5, 7}, Shape{1}}, std::pair{Shape{1, 75, 75, 3}, Shape{3}},
                  std::pair{Shape{1, 75, 75, 3}, Shape{1}}})
                test::check_op({.name = std::string(c.name) + " " + to_string(a) + " " + to_string(b),
                                .shapes = {a, b},
                                .f = [&](const std::vector<Var>& in) { return c.f(in[0], in[1]); },
                                .sum_length = static_cast<double>(a.size()),
                                .adjust = away_from_zero,
                                .differentiable = {0, 1},
                                .bf16 = false});
    }
    TEST_CASE("bf16, and slices of wider tensors") {
        for (const Case& c : cases)
            test::check_op({.name = std::string(c.name) + " of slices",
                            .shapes = {{2, 3, 5, 8}},
                            .f =
                                [&](const std::vector<Var>& in) {
                                    return c.f(slice_channels(in[0], 1, 3), slice_channels(in[0], 4, 3));
                                },
                            .adjust = [](std::vector<float>& v, std::size_t) { away_from_zero(v, 1); }});
    }
    TEST_CASE("a value may meet itself") {
        test::check_op({.name = "x x", .shapes = {{2, 3}}, .f = [](const std::vector<Var>& in) {
                            return multiply(in[0], in[0]);
                        }});
    }
    TEST_CASE("refuses what does not fit") {
        Graph g;
        Var a = g.leaf(test::noise_tensor({2, 3})), two = g.leaf(test::noise_tensor({2}));
        test::check_refuses([&] { multiply(a, two); }, "multiply: was given f32 (2, 3) and f32 (2)");
        test::check_refuses(
            [&] {
                subtract(a, g.leaf(test::noise_tensor({2, 3}, 1, DType::f64)));
            },
            "of the same type");
        test::check_refuses([&] { divide(two, a); }, "divide: was given");
    }
}
