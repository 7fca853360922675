#include "ops/pointwise.h"

#include <cmath>
#include <limits>

#include "tests/check.h"

using namespace gradus;

namespace {

struct Case {
    std::string name;
    std::function<Var(Var)> f;
    std::function<double(double)> expected;  // by the C library
    bool positive = false;                   // its domain
    double kink = 0;
};

const std::vector<Case>& cases() {
    static const std::vector<Case> all = {
        {"scale", [](Var x) { return scale(x, -2.5); }, [](double x) { return -2.5 * x; }},
        {"abs", [](Var x) { return abs(x); }, [](double x) { return std::fabs(x); }, false, 0.05},
        {"pow 2", [](Var x) { return pow(x, 2); }, [](double x) { return x * x; }},
        {"pow 6", [](Var x) { return pow(x, 6); }, [](double x) { return std::pow(x, 6); }},
        {"pow -0.75", [](Var x) { return pow(x, -0.75); }, [](double x) { return std::pow(x, -0.75); }, true},
        {"sqrt", [](Var x) { return sqrt(x); }, [](double x) { return std::sqrt(x); }, true},
        {"exp", [](Var x) { return exp(x); }, [](double x) { return std::exp(x); }},
        {"log", [](Var x) { return log(x); }, [](double x) { return std::log(x); }, true},
        {"sigmoid", [](Var x) { return sigmoid(x); }, [](double x) { return 1 / (1 + std::exp(-x)); }},
        {"tanh", [](Var x) { return tanh(x); }, [](double x) { return std::tanh(x); }},
        {"clip", [](Var x) { return clip(x, -0.5, 0.25); },
         [](double x) { return std::fmin(std::fmax(x, -0.5), 0.25); }},
    };
    return all;
}

/// Moves values away from the bounds of the clip case, and into the domain of roots and logarithms.
void adjust(const Case& c, std::vector<float>& values) {
    for (float& v : values) {
        if (c.positive) v = std::abs(v) + 0.25f;
        if (std::abs(v + 0.5f) < 0.01f || std::abs(v - 0.25f) < 0.01f) v += 0.03f;
    }
}

float at(const Tensor& t, std::size_t i) { return t.values<float>()[i]; }

}  // namespace

TEST_SUITE("pointwise") {
    TEST_CASE("e^x keeps its digits from nothing to infinity") {
        std::vector<float> x{
            -std::numeric_limits<float>::infinity(), -200, -104, -100, -87.5f, -1e-8f, 0, 1e-8f, 1, 88.7f};
        for (float v = -87; v < 88; v += 0.37f) x.push_back(v);
        const auto n = static_cast<std::int64_t>(x.size());
        Graph g;
        const Tensor y = value(exp(g.leaf(Tensor({n}, x))));
        for (std::size_t i = 0; i < x.size(); ++i) {
            CAPTURE(x[i]);
            const double expected = std::exp(static_cast<double>(x[i]));
            // Below 1e-38 numbers of f32 have fewer digits.
            CHECK(std::abs(static_cast<double>(at(y, i)) - expected) <= std::fmax(2e-7 * expected, 1.5e-45));
        }
        const float infinity = std::numeric_limits<float>::infinity();
        const Tensor ends = value(exp(g.leaf(Tensor({3}, {89, infinity, std::nanf("")}))));
        CHECK(at(ends, 0) == infinity);
        CHECK(at(ends, 1) == infinity);
        CHECK(std::isnan(at(ends, 2)));
    }
    TEST_CASE("every function is the C library's") {
        for (const Case& c : cases()) {
            CAPTURE(c.name);
            std::vector<float> values = test::noise(20);
            adjust(c, values);
            Graph g;
            const Tensor x = Tensor({20}, values).to(DType::f64);
            const Tensor y = value(c.f(g.leaf(x)));
            for (std::size_t i = 0; i < 20; ++i)
                CHECK(y.values<double>()[i] == doctest::Approx(c.expected(x.values<double>()[i])).epsilon(1e-14));
        }
    }
    TEST_CASE("every kernel agrees with the reference, and the gradient with differences") {
        for (const Case& c : cases())
            for (const Shape& shape : {Shape{1}, Shape{2, 3, 5, 7}, Shape{1, 75, 75, 3}})
                test::check_op({.name = c.name + " " + to_string(shape),
                                .shapes = {shape},
                                .f = [&](const std::vector<Var>& in) { return c.f(in[0]); },
                                .kink = c.kink,
                                .adjust = [&](std::vector<float>& v, std::size_t) { adjust(c, v); },
                                .bf16 = shape.size() > 1});  // one number may cancel between its two gradients
    }
    TEST_CASE("the gradient at kinks") {
        for (Device* on : test::devices()) {
            Graph g;
            Var x = g.leaf(Tensor({5}, {-1.0f, -0.5f, 0.0f, 0.5f, 1.0f}));
            const auto gradient = [&](Var y, std::vector<float> weights) {
                return value(grad(test::weighted_sum(y, std::move(weights)), {x})[0], {.device = on});
            };
            const Tensor of_abs = gradient(abs(x), {1, 2, 3, 4, 5});
            CHECK(at(of_abs, 1) == -2.0f);
            CHECK(at(of_abs, 2) == 0.0f);
            CHECK(at(of_abs, 3) == 4.0f);
            const Tensor of_clip = gradient(clip(x, -0.5, 0.5), {1, 2, 3, 4, 5});
            for (std::size_t i = 0; i < 5; ++i)
                CHECK(at(of_clip, i) == (i == 0 || i == 4 ? 0.0f : static_cast<float>(i + 1)));
            // A power of 0 is constant even at 0.
            CHECK(at(gradient(pow(x, 0), {1, 1, 1, 1, 1}), 2) == 0.0f);
        }
    }
    TEST_CASE("outside the domain comes NaN or infinity, and NaN stays") {
        for (Device* on : test::devices()) {
            Graph g;
            Var x = g.leaf(Tensor({4}, {-1.0f, 0.0f, std::numeric_limits<float>::quiet_NaN(), 200.0f}));
            const auto of = [&](Var y) { return value(y, {.device = on}); };
            CHECK(std::isnan(at(of(sqrt(x)), 0)));
            CHECK(std::isinf(at(of(log(x)), 1)));
            CHECK(std::isnan(at(of(clip(x, 0, 1)), 2)));
            CHECK(at(of(sigmoid(x)), 3) == 1.0f);
            CHECK(at(of(sigmoid(scale(x, -1))), 3) == 0.0f);
            CHECK(at(of(tanh(x)), 3) == 1.0f);
        }
    }
    TEST_CASE("clip wants its bounds in order") {
        Graph g;
        test::check_refuses([&] { clip(g.number(0), 2, 1); }, "clip: was given the range 2..1");
    }
}
