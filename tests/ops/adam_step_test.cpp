#include "ops/adam_step.h"

#include "ops/arithmetic.h"
#include "ops/assign.h"
#include "ops/pointwise.h"
#include "ops/reduce.h"
#include "tests/optimizers.h"

using namespace gradus;

namespace {

/// Adam on a picture of noise, from a state of noise: the gradient is that of a bowl.
test::Steps on_noise(Shape shape, AdamOptions o) {
    return [=](Graph& g, DType dtype) {
        AdamState state = adam_state(Spec(shape, dtype));
        state.mean = test::noise_tensor(shape, 2, dtype);
        Graph before;
        state.square = value(abs(before.leaf(test::noise_tensor(shape, 3, dtype))));
        state.steps.values_to_write<std::int32_t>()[0] = 4;
        const Var x = g.leaf(test::noise_tensor(shape, 1, dtype)), to = g.leaf(test::noise_tensor(shape, 4, dtype));
        return adam_step(x, subtract(x, to), test::number(g, 0.05, dtype), state, o);
    };
}

}  // namespace

TEST_SUITE("adam_step") {
    TEST_CASE("the first step moves every value by the rate, however steep") {
        for (Device* device : test::devices()) {
            Graph g;
            Tensor x({3}, {1, 2, 3});
            const AdamState state = adam_state(x.spec());
            const Var slope = g.leaf(Tensor({3}, {1000, -1e-3f, 0}));
            Plan plan(g, adam_step(g.leaf(x), slope, g.number(0.5f), state), {.device = device});
            plan.run();
            CHECK(x.values<float>()[0] == doctest::Approx(0.5));
            CHECK(x.values<float>()[1] == doctest::Approx(2.5).epsilon(1e-4));
            CHECK(x.values<float>()[2] == 3);
            CHECK(state.steps.values<std::int32_t>()[0] == 1);
        }
    }
    TEST_CASE("every kernel agrees with the reference") {
        for (const Shape& shape : {Shape{1}, Shape{1, 5, 7, 3}, Shape{2, 16, 16, 8}, Shape{40007}})
            test::check_steps("adam_step " + to_string(shape), on_noise(shape, {}));
        test::check_steps("in a box", on_noise({1, 5, 7, 3}, {.beta1 = 0.5, .eps = 1e-3, .box = {-0.25, 0.5}}));
    }
    TEST_CASE("takes the steps of PyTorch") {
        const auto with = [](double rate, AdamOptions o) {
            return [=](Var x, Var slope) {
                return adam_step(x, slope, test::number(*x.graph, rate, x.dtype()), adam_state(x.spec()), o);
            };
        };
        test::check_path("adam", with(0.05, {}), 1e-5);
        test::check_path("adam_betas", with(0.02, {.beta1 = 0.5, .beta2 = 0.9, .eps = 1e-3}), 1e-5);
    }
    TEST_CASE("goes to the bottom, at a rate that falls between runs") {
        for (Device* device : test::devices()) {
            Graph g;
            Tensor x({4}, {3, -2, 0.5f, 9}), rate({1}, {0.3f});
            const Var at = g.leaf(x), from = subtract(at, g.leaf(Tensor({4}, {1, 2, 3, 4})));
            const Var loss = sum_squares(multiply(from, g.leaf(Tensor({4}, {1, 0.1f, 10, 0.5f}))));
            std::vector<Var> outputs = adam_step(at, grad(loss, {at})[0], g.leaf(rate), adam_state(x.spec()));
            outputs.push_back(loss);
            Plan plan(g, outputs, {.device = device});
            for (int i = 0; i < 300; ++i) {
                plan.run();
                rate.values_to_write<float>()[0] *= 0.98f;
            }
            CHECK(plan.number(loss) < 1e-5);
        }
    }
    TEST_CASE("everything else in the run sees the picture and the count as they were") {
        Graph g;
        Tensor x({2}, {1, 2});
        const AdamState state = adam_state(x.spec());
        const Var at = g.leaf(x);
        const std::vector<Var> moved = adam_step(at, g.leaf(Tensor({2}, {1, 1})), g.number(1), state);
        const Var old = scale(at, 1);
        Plan plan(g, {moved[0], old});  // one of the results stands for all
        for (int i = 1; i < 4; ++i) {
            const float before = x.values<float>()[0];
            plan.run();
            CHECK(plan.read(old).values<float>()[0] == before);
            CHECK(plan.read(moved[0]).values<float>()[0] == x.values<float>()[0]);
            CHECK(x.values<float>()[0] < before);
            CHECK(state.steps.values<std::int32_t>()[0] == i);
        }
    }
    TEST_CASE("needs no memory but that of the states") {
        Graph g;
        const Tensor x = test::noise_tensor({1000});
        const Plan plan(g, adam_step(g.leaf(x), g.leaf(test::noise_tensor({1000})), g.number(1), adam_state(x.spec())));
        CHECK(plan.memory().arena == 0);
    }
    TEST_CASE("refuses what does not fit, and has no gradient") {
        Graph g;
        const Var x = g.leaf(test::noise_tensor({2, 3})), rate = g.number(1);
        const AdamState state = adam_state(x.spec());
        test::check_refuses([&] { adam_step(scale(x, 1), x, rate, state); }, "expected a leaf");
        test::check_refuses([&] { adam_step(x, g.leaf(test::noise_tensor({3, 2})), rate, state); }, "a gradient f32");
        test::check_refuses([&] { adam_step(x, x, x, state); }, "expected one number");
        test::check_refuses([&] { adam_step(x, x, rate, adam_state(Spec(Shape{6}))); }, "a state f32 (6)");
        test::check_refuses([&] { adam_step(x, x, rate, state, {.beta1 = 1}); }, "0 <= beta < 1");
        test::check_refuses([&] { adam_step(x, x, rate, state, {.box = {1, 0}}); }, "the lower bound first");
        const Var moved = adam_step(x, x, rate, state)[0];
        test::check_refuses([&] { grad(sum(moved), {x}); }, "adam_step has no gradient");
        test::check_refuses([&] { Plan plan(g, {scale(moved, 1)}); }, "reads the result of an assign");
        test::check_refuses(
            [&] {
                Plan plan(g, {moved, assign(x, rate.graph->leaf(test::noise_tensor({2, 3})))});
            },
            "already assigned");
    }
}
