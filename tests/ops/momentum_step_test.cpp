#include "ops/momentum_step.h"

#include "ops/arithmetic.h"
#include "ops/pointwise.h"
#include "ops/reduce.h"
#include "tests/optimizers.h"

using namespace gradus;

namespace {

test::Steps on_noise(Shape shape, MomentumOptions o) {
    return [=](Graph& g, DType dtype) {
        const Var x = g.leaf(test::noise_tensor(shape, 1, dtype)), to = g.leaf(test::noise_tensor(shape, 4, dtype));
        return momentum_step(x, subtract(x, to), test::number(g, 0.05, dtype), test::noise_tensor(shape, 2, dtype), o);
    };
}

}  // namespace

TEST_SUITE("momentum_step") {
    TEST_CASE("keeps its speed where the slope ends") {
        for (Device* device : test::devices()) {
            Graph g;
            Tensor x({1}, {0}), slope({1}, {-1}), speed({1}, {0});
            Plan plan(g, momentum_step(g.leaf(x), g.leaf(slope), g.number(1), speed, {.momentum = 0.5}),
                      {.device = device});
            plan.run();
            CHECK(x.values<float>()[0] == 1);
            slope.values_to_write<float>()[0] = 0;
            plan.run();
            CHECK(x.values<float>()[0] == 1.5f);
            CHECK(speed.values<float>()[0] == -0.5f);
        }
    }
    TEST_CASE("every kernel agrees with the reference") {
        for (const bool nesterov : {false, true}) {
            for (const Shape& shape : {Shape{1}, Shape{1, 5, 7, 3}, Shape{2, 16, 16, 8}, Shape{40007}})
                test::check_steps("momentum_step " + to_string(shape), on_noise(shape, {.nesterov = nesterov}));
            test::check_steps("with decay", on_noise({1, 5, 7, 3}, {.nesterov = nesterov, .decay = 0.3}));
            test::check_steps("in a box", on_noise({1, 5, 7, 3}, {.nesterov = nesterov, .box = {-0.25, 0.5}}));
        }
    }
    TEST_CASE("decay is the slope of half its length squared") {
        Graph g;
        const Tensor start = test::noise_tensor({1, 4, 5, 3}), a = test::noise_tensor({1, 4, 5, 3}),
                     b = test::noise_tensor({1, 4, 5, 3});
        const Var x = g.leaf(a), y = g.leaf(b), slope = g.leaf(test::noise_tensor({1, 4, 5, 3}, 2)),
                  rate = g.number(0.1f);
        std::vector<Var> steps = momentum_step(x, slope, rate, zeros(a.spec()), {.decay = 0.25});
        steps.push_back(momentum_step(y, add(slope, scale(y, 0.25)), rate, zeros(b.spec()))[0]);
        Plan plan(g, steps);
        for (int i = 0; i < 3; ++i) plan.run();
        CHECK(test::relative_error(a, b) <= 1e-6);
        CHECK(test::relative_error(a, start) > 1e-2);
    }
    TEST_CASE("takes the steps of PyTorch") {
        const auto with = [](bool nesterov) {
            return [=](Var x, Var slope) {
                return momentum_step(x, slope, test::number(*x.graph, 0.02, x.dtype()), zeros(x.spec()),
                                     {.nesterov = nesterov});
            };
        };
        test::check_path("momentum", with(false), 1e-5);
        test::check_path("nesterov", with(true), 1e-5);
    }
    TEST_CASE("goes down the valley of Rosenbrock") {
        for (const bool nesterov : {false, true})
            for (Device* device : test::devices()) {
                Graph g;
                Tensor a({1}, {-0.5f}), b({1}, {0.5f});
                const Var x = g.leaf(a), y = g.leaf(b), rate = g.number(5e-4f);
                const Var across = subtract(y, multiply(x, x)), along = subtract(g.number(1), x);
                const Var loss = add(scale(sum_squares(across), 100), sum_squares(along));
                const std::vector<Var> slope = grad(loss, {x, y});
                std::vector<Var> outputs = momentum_step(x, slope[0], rate, zeros(a.spec()), {.nesterov = nesterov});
                outputs.push_back(momentum_step(y, slope[1], rate, zeros(b.spec()), {.nesterov = nesterov})[0]);
                outputs.push_back(loss);
                Plan plan(g, outputs, {.device = device});
                for (int i = 0; i < 2000; ++i) plan.run();
                CHECK(plan.number(loss) < 1e-4);
                CHECK(a.values<float>()[0] == doctest::Approx(1).epsilon(0.02));
            }
    }
    TEST_CASE("refuses what does not fit, and has no gradient") {
        Graph g;
        const Var x = g.leaf(test::noise_tensor({2, 3})), rate = g.number(1);
        const Tensor speed = zeros(x.spec());
        test::check_refuses([&] { momentum_step(scale(x, 1), x, rate, speed); }, "expected a leaf");
        test::check_refuses([&] { momentum_step(x, x, rate, zeros(Spec(Shape{6}))); }, "a state f32 (6)");
        test::check_refuses([&] { momentum_step(x, x, rate, Tensor()); }, "that is no tensor");
        const Var moved = momentum_step(x, x, rate, speed)[0];
        test::check_refuses([&] { grad(sum(moved), {x}); }, "momentum_step has no gradient");
    }
}
