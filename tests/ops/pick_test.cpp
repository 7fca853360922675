#include "ops/pick.h"

#include "ops/slice_channels.h"
#include "tests/check.h"

using namespace gradus;

TEST_SUITE("pick") {
    TEST_CASE("one element, and a gradient that is zero elsewhere") {
        for (const DType dtype : {DType::f32, DType::bf16, DType::f64}) {
            Graph g;
            Var x = g.leaf(Tensor({2, 3}, {1, 2, 3, 4, 5, 6}).to(dtype));
            Var y = pick(x, {1, 0});
            CHECK(y.dtype() == (dtype == DType::f64 ? DType::f64 : DType::f32));
            CHECK(value(y).to(DType::f32).values<float>()[0] == 4);
            Var dx = grad(y, {x})[0];
            CHECK(dx.dtype() == dtype);
            const Tensor values = value(dx).to(DType::f32);
            for (std::size_t i = 0; i < 6; ++i) CHECK(values.values<float>()[i] == (i == 3 ? 1.0f : 0.0f));
        }
    }
    TEST_CASE("every kernel agrees with the reference, and the gradient with differences") {
        for (const auto& [shape, index] :
             {std::pair{Shape{1}, std::vector{0}}, std::pair{Shape{2, 1000}, std::vector{1, 999}},
              std::pair{Shape{2, 3, 5, 7}, std::vector{1, 2, 4, 6}},
              std::pair{Shape{1, 75, 75, 3}, std::vector{0, 40, 3, 1}}})
            test::check_op({.name = "pick of " + to_string(shape),
                            .shapes = {shape},
                            .f = [index = index](const std::vector<Var>& in) { return pick(in[0], index); },
                            .bf16 = false});  // the two gradients of the one number may cancel
        test::check_op({.name = "pick of a slice",
                        .shapes = {{2, 3, 5, 7}},
                        .f =
                            [](const std::vector<Var>& in) {
                                return pick(slice_channels(in[0], 2, 3), {1, 1, 1, 1});
                            },
                        .bf16 = false});
    }
    TEST_CASE("refuses an index outside") {
        Graph g;
        Var x = g.leaf(test::noise_tensor({2, 3}));
        test::check_refuses([&] { pick(x, {1, 3}); }, "pick: index 3 of axis 1 is outside of (2, 3)");
        test::check_refuses([&] { pick(x, {-1, 0}); }, "pick: index -1 of axis 0");
        test::check_refuses([&] { pick(x, {1}); }, "pick: was given 1 indices, expected one per axis of (2, 3)");
    }
}
