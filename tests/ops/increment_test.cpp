#include "ops/increment.h"

#include "tests/check.h"

using namespace gradus;

TEST_SUITE("increment") {
    TEST_CASE("counts, up and down") {
        Graph g;
        Tensor count(Spec(Shape{1}, DType::i32));
        count.values_to_write<std::int32_t>()[0] = 41;
        for (Device* device : test::devices()) {
            CHECK(value(increment(g.leaf(count)), {.device = device}).values<std::int32_t>()[0] == 42);
            CHECK(value(increment(g.leaf(count), -2), {.device = device}).values<std::int32_t>()[0] == 39);
        }
    }
    TEST_CASE("counts by a tensor, which may change between runs") {
        for (Device* device : test::devices()) {
            Graph g;
            Tensor counts(Spec(Shape{300}, DType::i32)), by(Spec(Shape{1}, DType::i32));
            for (std::size_t i = 0; i < 300; ++i) counts.values_to_write<std::int32_t>()[i] = static_cast<int>(i);
            const Var x = g.leaf(counts), twice = increment(increment(x, g.leaf(by)), g.leaf(by));
            Plan plan(g, {twice}, {.device = device});
            for (const std::int32_t step : {1, 0, -7}) {
                by.values_to_write<std::int32_t>()[0] = step;
                plan.run();
                const Tensor y = plan.read(twice);
                for (std::size_t i = 0; i < 300; ++i)
                    CHECK(y.values<std::int32_t>()[i] == static_cast<int>(i) + 2 * step);
            }
            const Var one = g.leaf(by);
            CHECK(value(increment(one, one), {.device = device}).values<std::int32_t>()[0] == -14);
        }
    }
    TEST_CASE("counts whole numbers only") {
        Graph g;
        const Tensor two(Spec(Shape{2}, DType::i32)), one(Spec(Shape{1}, DType::i32));
        test::check_refuses([&] { increment(g.leaf(two), g.leaf(two)); }, "increment: was given i32 (2) to count by");
        test::check_refuses([&] { increment(g.leaf(one), g.number(1)); }, "f32 (1) to count by, expected i32 (1)");
        test::check_refuses([&] { increment(g.number(1)); }, "expected i32");
    }
}
