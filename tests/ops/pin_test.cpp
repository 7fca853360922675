#include "ops/pin.h"

#include <array>

#include "ops/pointwise.h"
#include "ops/reduce.h"
#include "tests/check.h"

using namespace gradus;

TEST_SUITE("pin") {
    TEST_CASE("zeroes what points out of the box at its edges, and nothing else") {
        const std::vector<float> x{0, 0, 0, 1, 1, 1, 0.5f, 0.5f, -2, 3}, push{-1, 1, 0, -1, 1, 0, -1, 1, -1, 1};
        const std::array<float, 10> expected{0, 8, 8, 8, 0, 8, 8, 8, 0, 0};
        for (Device* device : test::devices())
            for (const char* kernels : {"", "reference"}) {
                if (*kernels != 0 && device->kind() != DeviceKind::cpu) continue;
                Graph g;
                const Var y = pin(g.leaf(Tensor({10}, std::vector<float>(10, 8))), g.leaf(Tensor({10}, x)),
                                  g.leaf(Tensor({10}, push)), {0, 1});
                const Tensor got = value(y, {.device = device, .kernels = KernelFilter(kernels)});
                for (std::size_t i = 0; i < 10; ++i) CHECK(got.values<float>()[i] == expected[i]);
            }
    }
    TEST_CASE("an edge is where the clip of this type puts what leaves the box") {
        for (const DType dtype : {DType::f32, DType::f64}) {
            Graph g;
            const Var x = clip(g.leaf(Tensor({2}, {-1, 1}).to(dtype)), 0.1, 0.7);  // no f32 is 0.1 or 0.7
            const Var push = g.leaf(Tensor({2}, {-1, 1}).to(dtype));
            const Tensor got = value(pin(push, x, push, {0.1, 0.7})).to(DType::f64);
            CHECK(got.values<double>()[0] == 0);
            CHECK(got.values<double>()[1] == 0);
        }
    }
    TEST_CASE("every kernel agrees with the reference") {
        for (const Shape& shape : {Shape{1}, Shape{1, 5, 7, 3}, Shape{2, 16, 16, 8}, Shape{40007}})
            test::check_op({.name = "pin " + to_string(shape),
                            .shapes = {shape, shape, shape},
                            .f =
                                [](const std::vector<Var>& in) {
                                    return pin(in[0], clip(in[1], -0.5, 0.25), in[2], {-0.5, 0.25});
                                },
                            .differentiable = {},
                            .bf16 = false});
    }
    TEST_CASE("refuses what does not fit, and has no gradient") {
        Graph g;
        const Var x = g.leaf(test::noise_tensor({2, 3})), other = g.leaf(test::noise_tensor({6}));
        test::check_refuses([&] { pin(x, x, other, {}); }, "pin: was given f32 (2, 3) with f32 (6)");
        test::check_refuses([&] { pin(x, x, x, {1, 0}); }, "the lower bound first");
        test::check_refuses([&] { grad(sum(pin(x, x, x, {})), {x}); }, "pin has no gradient");
    }
}
