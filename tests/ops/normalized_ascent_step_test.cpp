#include "ops/normalized_ascent_step.h"

#include "ops/arithmetic.h"
#include "ops/pointwise.h"
#include "ops/reduce.h"
#include "tests/optimizers.h"

using namespace gradus;

namespace {

test::Steps on_noise(Shape shape, AscentOptions o) {
    return [=](Graph& g, DType dtype) -> std::vector<Var> {
        const Var x = g.leaf(test::noise_tensor(shape, 1, dtype)), to = g.leaf(test::noise_tensor(shape, 4, dtype));
        return {normalized_ascent_step(x, subtract(to, x), test::number(g, 0.05, dtype), o)};
    };
}

}  // namespace

TEST_SUITE("normalized_ascent_step") {
    TEST_CASE("the mean change is the rate, however steep the slope") {
        for (Device* device : test::devices())
            for (const float steep : {1e-6f, 1.0f, 1e6f}) {
                Graph g;
                Tensor x({4}, {0, 0, 0, 0}), y({4}, {0, 0, 0, 0});
                const Var slope = g.leaf(Tensor({4}, {steep, -3 * steep, 0, 4 * steep})), rate = g.number(2);
                Plan plan(g,
                          {normalized_ascent_step(g.leaf(x), slope, rate),
                           normalized_ascent_step(g.leaf(y), slope, rate, {.norm = AscentNorm::rms})},
                          {.device = device});
                plan.run();
                const double rms = std::sqrt(26.0 / 4);
                const double by[] = {1, -3, 0, 4};
                for (std::size_t i = 0; i < 4; ++i) {
                    CHECK(x.values<float>()[i] == doctest::Approx(by[i]));
                    CHECK(y.values<float>()[i] == doctest::Approx(2 * by[i] / rms));
                }
            }
    }
    TEST_CASE("stays where there is no slope, and in its box") {
        for (Device* device : test::devices()) {
            Graph g;
            Tensor flat({2}, {0.25f, 0.5f}), x({2}, {0.25f, 0.5f});
            const Var level = g.leaf(Tensor({2}, {0, 0})), steep = g.leaf(Tensor({2}, {1, -1}));
            Plan plan(g,
                      {normalized_ascent_step(g.leaf(flat), level, g.number(1)),
                       normalized_ascent_step(g.leaf(x), steep, g.number(10), {.box = {0, 1}})},
                      {.device = device});
            plan.run();
            CHECK(flat.values<float>()[0] == 0.25f);
            CHECK(flat.values<float>()[1] == 0.5f);
            CHECK(x.values<float>()[0] == 1);
            CHECK(x.values<float>()[1] == 0);
        }
    }
    TEST_CASE("every kernel agrees with the reference") {
        for (const AscentNorm norm : {AscentNorm::mean_abs, AscentNorm::rms, AscentNorm::none}) {
            for (const Shape& shape : {Shape{1}, Shape{1, 5, 7, 3}, Shape{2, 16, 16, 8}, Shape{40007}})
                test::check_steps("normalized_ascent_step " + to_string(shape), on_noise(shape, {.norm = norm}));
            test::check_steps("in a box", on_noise({1, 5, 7, 3}, {.norm = norm, .box = {-0.25, 0.5}}));
        }
    }
    TEST_CASE("climbs, by ever smaller steps to the top") {
        for (Device* device : test::devices()) {
            Graph g;
            Tensor x({3}, {3, -2, 0.5f}), rate({1}, {0.5f});
            const Var at = g.leaf(x), loss = scale(sum_squares(subtract(at, g.leaf(Tensor({3}, {1, 2, 3})))), -1);
            Plan plan(g, {normalized_ascent_step(at, grad(loss, {at})[0], g.leaf(rate)), loss}, {.device = device});
            for (int i = 0; i < 200; ++i) {
                plan.run();
                rate.values_to_write<float>()[0] *= 0.95f;
            }
            CHECK(plan.number(loss) > -1e-5);
        }
    }
    TEST_CASE("refuses what does not fit, and has no gradient") {
        Graph g;
        const Var x = g.leaf(test::noise_tensor({2, 3})), rate = g.number(1);
        test::check_refuses([&] { normalized_ascent_step(scale(x, 1), x, rate); }, "expected a leaf");
        test::check_refuses([&] { normalized_ascent_step(x, rate, rate); }, "a gradient f32 (1)");
        const Var moved = normalized_ascent_step(x, x, rate);
        test::check_refuses([&] { grad(sum(moved), {x}); }, "normalized_ascent_step has no gradient");
    }
}
