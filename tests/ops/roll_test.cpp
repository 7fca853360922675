#include "ops/roll.h"

#include <algorithm>

#include "tests/check.h"

using namespace gradus;

namespace {

Tensor offsets(std::vector<std::int32_t> values, Shape shape = {2}) {
    Tensor t(Spec(std::move(shape), DType::i32));
    std::copy(values.begin(), values.end(), t.values_to_write<std::int32_t>().begin());
    return t;
}

std::vector<float> rolled(const std::vector<float>& x, Shape shape, const Tensor& offset, int sign = 1) {
    Graph g;
    const Tensor y = value(roll(g.leaf(Tensor(std::move(shape), x)), g.leaf(offset), sign));
    return {y.values<float>().begin(), y.values<float>().end()};
}

}  // namespace

TEST_SUITE("roll") {
    TEST_CASE("what leaves on one side comes back on the other, for any offset") {
        const std::vector<float> x{1, 2, 3, 4, 5, 6};
        CHECK(rolled(x, {1, 2, 3, 1}, offsets({1, 0})) == std::vector<float>{4, 5, 6, 1, 2, 3});
        CHECK(rolled(x, {1, 2, 3, 1}, offsets({0, 1})) == std::vector<float>{3, 1, 2, 6, 4, 5});
        CHECK(rolled(x, {1, 2, 3, 1}, offsets({-3, -2})) == std::vector<float>{6, 4, 5, 3, 1, 2});
        CHECK(rolled(x, {1, 2, 3, 1}, offsets({-32, 32})) == rolled(x, {1, 2, 3, 1}, offsets({0, 2})));
        CHECK(rolled(x, {1, 2, 3, 1}, offsets({2147483647, -2147483647 - 1})) == std::vector<float>{6, 4, 5, 3, 1, 2});
    }
    TEST_CASE("each picture may have its own offset, and the sign undoes") {
        const std::vector<float> x{1, 2, 3, 4, 5, 6};
        const Tensor each = offsets({0, 1, 0, -1}, {2, 2});
        const std::vector<float> y = rolled(x, {2, 1, 3, 1}, each);
        CHECK(y == std::vector<float>{3, 1, 2, 5, 6, 4});
        CHECK(rolled(y, {2, 1, 3, 1}, each, -1) == x);
    }
    TEST_CASE("one plan follows the offset from run to run") {
        Graph g;
        Tensor by = offsets({0, 1});
        const Var y = roll(g.leaf(Tensor({1, 1, 3, 1}, {1, 2, 3})), g.leaf(by));
        Plan plan(g, {y});
        plan.run();
        CHECK(plan.read(y).values<float>()[0] == 3);
        by.values_to_write<std::int32_t>()[1] = -1;
        plan.run();
        CHECK(plan.read(y).values<float>()[0] == 2);
    }
    TEST_CASE("every kernel agrees with the reference, and the gradient with differences") {
        for (const Shape& shape :
             {Shape{1, 1, 1, 1}, Shape{2, 3, 5, 7}, Shape{2, 9, 7, 16}, Shape{1, 65, 129, 3}, Shape{1, 65, 130, 3}})
            test::check_op({.name = "roll " + to_string(shape),
                            .shapes = {shape},
                            .f =
                                [&](const std::vector<Var>& in) {
                                    const Var one = in[0].graph->leaf(offsets({-7, 12}));
                                    const Var each = in[0].graph->leaf(offsets({2, -1, 5, 3}, {2, 2}));
                                    return roll(in[0], shape[0] == 2 ? each : one);
                                },
                            .bf16 = false});
    }
    TEST_CASE("refuses other offsets and signs") {
        Graph g;
        const Var x = g.leaf(Tensor({1, 1, 1, 1}, {1}));
        test::check_refuses([&] { roll(x, g.number(1)); }, "the offset f32 (1)");
        test::check_refuses([&] { roll(x, g.leaf(offsets({0, 0, 0, 0}, {2, 2}))); }, "one pair for each picture");
        test::check_refuses([&] { roll(x, g.leaf(offsets({0, 0})), 2); }, "the sign 2");
    }
}
