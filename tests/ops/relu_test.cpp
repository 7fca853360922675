#include "ops/relu.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "ops/conv2d.h"
#include "ops/normalized_ascent_step.h"
#include "ops/pointwise.h"
#include "ops/reduce.h"
#include "ops/slice_channels.h"
#include "tests/check.h"

using namespace gradus;

TEST_SUITE("relu") {
    TEST_CASE("keeps positives and zeroes the rest") {
        Graph g;
        const Tensor y = value(relu(g.leaf(Tensor({4}, {-1.0f, 0.0f, 0.5f, 2.0f}))));
        const float expected[] = {0.0f, 0.0f, 0.5f, 2.0f};
        for (std::size_t i = 0; i < 4; ++i) CHECK(y.values<float>()[i] == expected[i]);
    }
    TEST_CASE("every kernel agrees with the reference, and the gradient with differences") {
        for (const Shape& shape : {Shape{1, 1, 1, 1}, Shape{2, 3, 5, 7}, Shape{1, 9, 9, 64}, Shape{1, 130, 130, 3}})
            test::check_op({.name = "relu " + to_string(shape),
                            .shapes = {shape},
                            .f = [](const std::vector<Var>& in) { return relu(in[0]); },
                            .kink = 0.05});
    }
    TEST_CASE("the gradient is zero at the kink and below, and the rules filter it") {
        for (const auto& [rule, expected] : {std::pair{ReluRule::plain, std::array{0.0f, 0.0f, -2.0f, 3.0f}},
                                             std::pair{ReluRule::guided, std::array{0.0f, 0.0f, 0.0f, 3.0f}},
                                             std::pair{ReluRule::deconvnet, std::array{5.0f, 1.0f, 0.0f, 3.0f}}}) {
            // loss = y . r, whose gradient with respect to y is r; r is what the ReLU filters
            Graph g;
            Var x = g.leaf(Tensor({4}, {-1.0f, 0.0f, 1.0f, 1.0f}));
            Var y = relu(x, rule);
            Var dx = grad(test::weighted_sum(y, {5.0f, 1.0f, -2.0f, 3.0f}), {x})[0];
            const Tensor got = value(dx);
            for (std::size_t i = 0; i < 4; ++i) CHECK(got.values<float>()[i] == expected[i]);
        }
    }
    TEST_CASE("redirected: of each item by itself, where nothing gets through, all that pushes nothing lower") {
        const std::vector<float> dy{5, -5, -2, 0, 5, -5, 3, -1, 0, 1, -1, 0};
        const float expected[] = {0, 0,  -2, 0,   // living: the plain gradient
                                  0, -5, 3,  -1,  // dead: all but what pushes -1 lower
                                  0, 0,  -1, 0};  // active where there is no gradient, which is dead too
        for (Device* device : test::devices())
            for (const char* kernels : {"", "reference"}) {
                if (*kernels != 0 && device->kind() != DeviceKind::cpu) continue;
                Graph g;
                const Var x = g.leaf(Tensor({3, 1, 2, 2}, {-1, -1, 1, 1, -1, -1, 0, -2, 2, -1, -1, 2}));
                const Var dx = grad(test::weighted_sum(relu(x, ReluRule::redirected), dy), {x})[0];
                const Tensor got = value(dx, {.device = device, .kernels = KernelFilter(kernels)});
                for (std::size_t i = 0; i < 12; ++i) CHECK(got.values<float>()[i] == expected[i]);
            }
    }
    TEST_CASE("redirected: a living net has the plain gradient") {
        Graph g;
        const Var x = g.leaf(test::noise_tensor({2, 5, 5, 3}));
        const auto gradient = [&](ReluRule rule) { return value(grad(test::project(relu(x, rule)), {x})[0]); };
        CHECK(test::relative_error(gradient(ReluRule::redirected), gradient(ReluRule::plain)) == 0);
    }
    TEST_CASE("redirected: going down, a dead net comes to life") {
        for (const ReluRule rule : {ReluRule::plain, ReluRule::redirected})
            for (Device* device : test::devices()) {
                Graph g;
                const Tensor picture({1, 1, 1, 3}, {0.1f, 0.2f, 0.3f});
                const Var x = g.leaf(picture), w = g.leaf(Tensor({1, 3, 1, 1}, {1, 1, 1}));
                const Var y = relu(conv2d(x, w, g.leaf(Tensor({1}, {-1.5f}))), rule);  // -0.9 before the ReLU
                const Var loss = scale(sum(y), -1);                                    // minimized
                Plan plan(
                    g,
                    {loss, normalized_ascent_step(x, grad(loss, {x})[0], g.number(-0.1f), {.norm = AscentNorm::none})},
                    {.device = device});
                for (int i = 0; i < 20; ++i) plan.run();
                if (rule == ReluRule::plain)
                    CHECK(plan.number(loss) == 0);
                else
                    CHECK(plan.number(loss) < -1);
            }
    }
    TEST_CASE("redirected: every kernel agrees with the reference, alone and on top of another gradient") {
        for (const Shape& shape : {Shape{1, 1, 1, 1}, Shape{7}, Shape{3, 3, 5, 7}, Shape{2, 9, 9, 64},
                                   Shape{3, 130, 130, 3}, Shape{3, 1000}}) {
            const std::int64_t items = shape.rank() > 1 ? shape[0] : 1, n = shape.size() / items;
            // Item 0 lives by its last value only, item 1 is dead, item 2 lives.
            const auto adjust = [n](std::vector<float>& values, std::size_t) {
                for (std::size_t i = 0; i < std::min(values.size(), static_cast<std::size_t>(2 * n)); ++i)
                    values[i] = -std::abs(values[i]);
                values[static_cast<std::size_t>(n - 1)] = 0.5f;
            };
            for (const bool twice : {false, true})
                test::check_op({.name = "redirected relu " + to_string(shape),
                                .shapes = {shape},
                                .f =
                                    [twice](const std::vector<Var>& in) {
                                        Var loss = test::project(relu(in[0], ReluRule::redirected));
                                        if (twice) loss = add(loss, test::project(relu(in[0], ReluRule::redirected)));
                                        return grad(loss, {in[0]})[0];
                                    },
                                .adjust = adjust,
                                .differentiable = {}});
        }
    }
    TEST_CASE("redirected: takes slices of wider tensors") {
        test::check_op({.name = "redirected relu of a slice",
                        .shapes = {{2, 5, 5, 12}},
                        .f =
                            [](const std::vector<Var>& in) {
                                const Var part = slice_channels(in[0], 4, 8);
                                return grad(test::project(relu(part, ReluRule::redirected)), {in[0]})[0];
                            },
                        .adjust =
                            [](std::vector<float>& values, std::size_t) {
                                for (std::size_t i = 300; i < 600; ++i) values[i] = -std::abs(values[i]);
                            },
                        .differentiable = {}});
    }
}
