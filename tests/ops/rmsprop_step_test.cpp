#include "ops/rmsprop_step.h"

#include "ops/arithmetic.h"
#include "ops/pointwise.h"
#include "ops/reduce.h"
#include "tests/optimizers.h"

using namespace gradus;

namespace {

/// A step on a picture of noise, from a mean square of noise: the gradient is that of a bowl.
test::Steps on_noise(Shape shape, RmspropOptions o) {
    return [=](Graph& g, DType dtype) {
        Graph before;
        const Tensor square = value(abs(before.leaf(test::noise_tensor(shape, 2, dtype))));
        const Var x = g.leaf(test::noise_tensor(shape, 1, dtype)), to = g.leaf(test::noise_tensor(shape, 4, dtype));
        return rmsprop_step(x, subtract(x, to), test::number(g, 0.05, dtype), square, o);
    };
}

}  // namespace

TEST_SUITE("rmsprop_step") {
    TEST_CASE("the first step moves every value alike, however steep, and a flat one not at all") {
        for (Device* device : test::devices()) {
            Graph g;
            Tensor x({3}, {1, 2, 3});
            const Tensor square = zeros(x.spec());
            const Var slope = g.leaf(Tensor({3}, {1000, -1e-3f, 0}));
            Plan plan(g, rmsprop_step(g.leaf(x), slope, g.number(0.5f), square, {.decay = 0.75}), {.device = device});
            plan.run();
            CHECK(x.values<float>()[0] == doctest::Approx(0));
            CHECK(x.values<float>()[1] == doctest::Approx(3).epsilon(1e-4));
            CHECK(x.values<float>()[2] == 3);
            CHECK(square.values<float>()[0] == 250000);
        }
    }
    TEST_CASE("every kernel agrees with the reference") {
        for (const Shape& shape : {Shape{1}, Shape{1, 5, 7, 3}, Shape{2, 16, 16, 8}, Shape{40007}})
            test::check_steps("rmsprop_step " + to_string(shape), on_noise(shape, {}));
        test::check_steps("in a box", on_noise({1, 5, 7, 3}, {.decay = 0.5, .eps = 1e-3, .box = {-0.25, 0.5}}));
    }
    TEST_CASE("takes the steps of PyTorch") {
        const auto with = [](double rate, RmspropOptions o) {
            return [=](Var x, Var slope) {
                return rmsprop_step(x, slope, test::number(*x.graph, rate, x.dtype()), zeros(x.spec()), o);
            };
        };
        test::check_path("rmsprop", with(0.02, {}), 1e-5);
        test::check_path("rmsprop_decay", with(0.05, {.decay = 0.5, .eps = 1e-2}), 1e-5);
    }
    TEST_CASE("goes to the bottom, at a rate that falls between runs") {
        for (Device* device : test::devices()) {
            Graph g;
            Tensor x({4}, {3, -2, 0.5f, 9}), rate({1}, {0.3f});
            const Var at = g.leaf(x), from = subtract(at, g.leaf(Tensor({4}, {1, 2, 3, 4})));
            const Var loss = sum_squares(multiply(from, g.leaf(Tensor({4}, {1, 0.1f, 10, 0.5f}))));
            std::vector<Var> outputs = rmsprop_step(at, grad(loss, {at})[0], g.leaf(rate), zeros(x.spec()));
            outputs.push_back(loss);
            Plan plan(g, outputs, {.device = device});
            for (int i = 0; i < 300; ++i) {
                plan.run();
                rate.values_to_write<float>()[0] *= 0.97f;
            }
            CHECK(plan.number(loss) < 1e-4);
        }
    }
    TEST_CASE("needs no memory but that of the states") {
        Graph g;
        const Tensor x = test::noise_tensor({1000});
        const Plan plan(g, rmsprop_step(g.leaf(x), g.leaf(test::noise_tensor({1000})), g.number(1), zeros(x.spec())));
        CHECK(plan.memory().arena == 0);
    }
    TEST_CASE("refuses what does not fit, and has no gradient") {
        Graph g;
        const Var x = g.leaf(test::noise_tensor({2, 3})), rate = g.number(1);
        const Tensor square = zeros(x.spec());
        test::check_refuses([&] { rmsprop_step(scale(x, 1), x, rate, square); }, "expected a leaf");
        test::check_refuses([&] { rmsprop_step(x, x, x, square); }, "expected one number");
        test::check_refuses([&] { rmsprop_step(x, x, rate, zeros(Spec(Shape{6}))); }, "a state f32 (6)");
        test::check_refuses([&] { rmsprop_step(x, x, rate, square, {.decay = 1}); }, "0 <= decay < 1");
        test::check_refuses([&] { rmsprop_step(x, x, rate, square, {.eps = -1}); }, "eps >= 0");
        const Var moved = rmsprop_step(x, x, rate, square)[0];
        test::check_refuses([&] { grad(sum(moved), {x}); }, "rmsprop_step has no gradient");
    }
}
