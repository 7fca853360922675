#include "ops/lookup.h"

#include <limits>
#include <numeric>

#include "ops/assign.h"
#include "ops/increment.h"
#include "tests/cases/every_op.h"
#include "tests/check.h"

using namespace gradus;

TEST_SUITE("lookup") {
    TEST_CASE("takes numbers where the index says, in its order") {
        for (Device* device : test::devices()) {
            Graph g;
            const Var table = g.leaf(Tensor({4}, {0.5f, -1, 3, 7}));
            const Tensor y = value(lookup(table, cases::whole_numbers(g, {5}, {3, 0, 0, 2, 1})), {.device = device});
            const float expected[] = {7, 0.5f, 0.5f, 3, -1};
            for (std::size_t i = 0; i < 5; ++i) CHECK(y.values<float>()[i] == expected[i]);
        }
    }
    TEST_CASE("beyond the ends lie the first and the last") {
        constexpr std::int32_t least = std::numeric_limits<std::int32_t>::min(),
                               most = std::numeric_limits<std::int32_t>::max();
        for (Device* device : test::devices()) {
            Graph g;
            const Var index = cases::whole_numbers(g, {6}, {-1, least, 3, most, 2, 0});
            const Tensor y = value(lookup(g.leaf(Tensor({3}, {10, 20, 30})), index), {.device = device});
            const float expected[] = {10, 10, 30, 30, 30, 10};
            for (std::size_t i = 0; i < 6; ++i) CHECK(y.values<float>()[i] == expected[i]);
            CHECK(value(lookup(g.number(5), index), {.device = device}).values<float>()[3] == 5);
        }
    }
    TEST_CASE("more indices than a block has threads, and a long table") {
        std::vector<std::int32_t> at(1000);
        for (std::size_t i = 0; i < at.size(); ++i) at[i] = static_cast<std::int32_t>(i * 40503 % 3001);
        std::vector<float> numbers(3001);
        std::iota(numbers.begin(), numbers.end(), 0.0f);
        for (Device* device : test::devices()) {
            Graph g;
            const Var table = g.leaf(Tensor(Shape{3001}, numbers));
            const Tensor y = value(lookup(table, cases::whole_numbers(g, {1000}, at)), {.device = device});
            for (std::size_t i = 0; i < at.size(); ++i) CHECK(y.values<float>()[i] == static_cast<float>(at[i]));
        }
    }
    TEST_CASE("a schedule follows the step by itself, and keeps its last number") {
        for (Device* device : test::devices()) {
            Graph g;
            const Var step = cases::whole_numbers(g, {1}, {0});
            const Var rate = lookup(g.leaf(Tensor({3}, {0.5f, 0.25f, 0.125f})), step);
            Plan plan(g, {rate, assign(step, increment(step))}, {.device = device});
            for (const double expected : {0.5, 0.25, 0.125, 0.125, 0.125}) {
                plan.run();
                CHECK(plan.number(rate) == expected);
            }
        }
    }
    TEST_CASE("refuses what is no table and no index, and has no gradient") {
        Graph g;
        const Var table = g.leaf(Tensor({2}, {1, 2})), index = cases::whole_numbers(g, {1}, {1});
        test::check_refuses(
            [&] {
                lookup(g.leaf(test::noise_tensor({2, 3})), index);
            },
            "lookup: was given the table f32 (2, 3), expected f32 (n)");
        test::check_refuses([&] { lookup(g.leaf(test::noise_tensor({2}, 1, DType::f64)), index); }, "the table f64");
        test::check_refuses([&] { lookup(table, table); }, "lookup: was given the index f32 (2), expected i32 (k)");
        test::check_refuses([&] { lookup(table, cases::whole_numbers(g, {1, 1}, {0})); }, "the index i32 (1, 1)");
        test::check_refuses([&] { grad(lookup(table, index), {table}); }, "lookup has no gradient");
    }
}
