#include "ops/note.h"

#include <cmath>
#include <limits>

#include "ops/assign.h"
#include "ops/increment.h"
#include "ops/pointwise.h"
#include "ops/reduce.h"
#include "tests/cases/every_op.h"
#include "tests/check.h"

using namespace gradus;

TEST_SUITE("note") {
    TEST_CASE("writes one row and leaves the others; rows outside are left out") {
        for (Device* device : test::devices())
            for (const std::int32_t row : {0, 2, 3, -1, 4, std::numeric_limits<std::int32_t>::max()}) {
                CAPTURE(row);
                Graph g;
                Tensor table({4, 3}, std::vector<float>(12, -7));
                const Var noted = note(g.leaf(table), cases::whole_numbers(g, {1}, {row}),
                                       {g.number(1), g.leaf(test::noise_tensor({1}, 1, DType::f64)), g.number(3)});
                Plan plan(g, {noted}, {.device = device});
                const auto before = table.version();
                plan.run();
                CHECK(table.version() > before);
                const float middle = static_cast<float>(test::noise_tensor({1}, 1, DType::f64).values<double>()[0]);
                for (std::int32_t r = 0; r < 4; ++r) {
                    const float* got = &table.values<float>()[static_cast<std::size_t>(3 * r)];
                    CHECK(got[0] == (r == row ? 1 : -7));
                    CHECK(got[1] == (r == row ? middle : -7));
                    CHECK(got[2] == (r == row ? 3 : -7));
                }
                CHECK(test::relative_error(plan.read(noted), table) == 0);
            }
    }
    TEST_CASE("rounds f64 as a cast does, and keeps NaN") {
        for (Device* device : test::devices()) {
            Graph g;
            Tensor table({1, 2}, {0, 0}), third(Spec(Shape{1}, DType::f64));
            third.values_to_write<double>()[0] = 1.0 / 3;
            Plan plan(g, {note(g.leaf(table), cases::whole_numbers(g, {1}, {0}), {g.leaf(third), g.number(NAN)})},
                      {.device = device});
            plan.run();
            CHECK(table.values<float>()[0] == 1.0f / 3);
            CHECK(std::isnan(table.values<float>()[1]));
        }
    }
    TEST_CASE("keeps the curves of a run, of which nobody has looked at a step") {
        for (Device* device : test::devices()) {
            Graph g;
            Tensor x({3}, {1, 2, 4}), curve({6, 2}, std::vector<float>(12, -7));
            const Var at = g.leaf(x), step = cases::whole_numbers(g, {1}, {0}), total = sum(at);
            const Var noted = note(g.leaf(curve), step, {total, sum_squares(at)});
            Plan plan(g, {noted, assign(at, scale(at, 0.5)), assign(step, increment(step))}, {.device = device});
            for (int i = 0; i < 4; ++i) plan.run();
            for (std::size_t i = 0; i < 6; ++i) {
                const float halved = std::ldexp(1.0f, -static_cast<int>(i));
                CHECK(curve.values<float>()[2 * i] == (i < 4 ? 7 * halved : -7));
                CHECK(curve.values<float>()[2 * i + 1] == (i < 4 ? 21 * halved * halved : -7));
            }
            for (int i = 0; i < 10; ++i) plan.run();  // longer than the table
            CHECK(curve.values<float>()[10] == 7.0f / 32);
        }
    }
    TEST_CASE("as many numbers as there may be") {
        for (Device* device : test::devices()) {
            Graph g;
            Tensor table({2, 32}, std::vector<float>(64, -7));
            std::vector<Var> values;
            for (int i = 0; i < 32; ++i) values.push_back(g.number(static_cast<float>(i)));
            Plan plan(g, {note(g.leaf(table), cases::whole_numbers(g, {1}, {1}), values)}, {.device = device});
            plan.run();
            for (std::size_t i = 0; i < 64; ++i)
                CHECK(table.values<float>()[i] == (i < 32 ? -7 : static_cast<float>(i) - 32));
        }
    }
    TEST_CASE("refuses what does not fit, tables that are no leaves, and rows that have moved on before") {
        Graph g;
        const Var table = g.leaf(test::noise_tensor({4, 2})), row = cases::whole_numbers(g, {1}, {0}),
                  one = g.number(1);
        test::check_refuses([&] { note(table, row, {one}); },
                            "note: was given the table f32 (4, 2) for 1 values, expected f32 (rows, 1)");
        test::check_refuses([&] { note(table, one, {one, one}); }, "note: was given the row f32 (1), expected i32 (1)");
        test::check_refuses([&] { note(table, row, {one, row}); }, "note: was given i32 (1), expected one number");
        test::check_refuses([&] { note(table, row, {one, table}); }, "note: was given f32 (4, 2), expected one number");
        test::check_refuses([&] { note(table, row, {}); }, "note: was given no value");
        test::check_refuses([&] { note(table, row, std::vector<Var>(33, one)); }, "33 numbers, expected at most 32");
        test::check_refuses([&] { note(scale(table, 1), row, {one, one}); }, "a table that an op makes");
        const Var counted = assign(row, increment(row)), late = note(table, row, {one, one});
        test::check_refuses([&] { Plan(g, {counted, late}); }, "expected the other order");
    }
}
