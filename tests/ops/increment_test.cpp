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
    TEST_CASE("counts whole numbers only") {
        Graph g;
        test::check_refuses([&] { increment(g.number(1)); }, "expected i32");
    }
}
