#include "ops/assign.h"

#include "ops/increment.h"
#include "ops/pointwise.h"
#include "ops/slice_channels.h"
#include "tests/check.h"

using namespace gradus;

TEST_SUITE("assign") {
    TEST_CASE("writes the state at the end of a run; the next run sees it") {
        Graph g;
        Tensor counter({1}, {1.0f});
        Var state = g.leaf(counter);
        Var twice = scale(state, 2);
        Var moved = assign(state, twice);
        Plan plan(g, {twice, moved});
        for (const float expected : {2.0f, 4.0f, 8.0f}) {
            const auto before = counter.version();
            plan.run();
            CHECK(counter.values<float>()[0] == expected);
            CHECK(counter.version() > before);
            CHECK(plan.number(twice) == expected);
            CHECK(plan.number(moved) == expected);
        }
    }
    TEST_CASE("a state counts on every device") {
        for (Device* device : test::devices()) {
            Graph g;
            Tensor counter(Spec(Shape{1}, DType::i32));
            counter.values_to_write<std::int32_t>()[0] = 0;
            const Var state = g.leaf(counter), next = increment(state);
            Plan plan(g, {assign(state, next), next}, {.device = device});
            for (const std::int32_t expected : {1, 2, 3}) {
                plan.run();
                CHECK(counter.values<std::int32_t>()[0] == expected);
                CHECK(plan.read(next).values<std::int32_t>()[0] == expected);
            }
        }
    }
    TEST_CASE("a slice of a wider tensor, in every type and by every kernel") {
        for (const DType dtype : {DType::f32, DType::bf16, DType::f64})
            for (const char* kernel : {"cpu", "reference"}) {
                Graph g;
                Tensor picture(Spec(Shape{2, 9, 9, 3}, dtype));
                Var from = scale(g.leaf(test::noise_tensor({2, 9, 9, 8}, 3, dtype)), 1);
                Var part = slice_channels(from, 4, 3);
                Plan plan(g, {assign(g.leaf(picture), part), part}, {.kernels = KernelFilter(kernel)});
                plan.run();
                CHECK(test::relative_error(picture, plan.read(part)) == 0);
            }
    }
    TEST_CASE("refuses what does not fit, and states that are not leaves") {
        Graph g;
        Var x = g.leaf(test::noise_tensor({2, 3}));
        test::check_refuses([&] { assign(x, g.leaf(test::noise_tensor({3, 2}))); }, "assign: was given f32 (3, 2)");
        test::check_refuses([&] { assign(scale(x, 2), x); }, "assign: was given a state that an op makes");
    }
}
