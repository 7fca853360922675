#include "ops/cast.h"

#include "ops/slice_channels.h"
#include "tests/check.h"

using namespace gradus;

TEST_SUITE("cast") {
    TEST_CASE("rounds to nearest even") {
        Graph g;
        // Halfway between two bf16 neighbors: 1 + 1/256 goes down to 1, 1 + 3/256 up to 1 + 4/256.
        Var x = g.leaf(Tensor({3}, {1.0f + 1.0f / 256, 1.0f + 3.0f / 256, 0.5f}));
        const Tensor y = value(cast(cast(x, DType::bf16), DType::f32));
        CHECK(y.values<float>()[0] == 1.0f);
        CHECK(y.values<float>()[1] == 1.0f + 4.0f / 256);
        CHECK(y.values<float>()[2] == 0.5f);
    }
    TEST_CASE("every pair of types, there and back") {
        const Tensor exact = test::noise_tensor({2, 3, 5, 7}, 1, DType::bf16);  // fits into every type
        for (const DType from : {DType::f32, DType::bf16, DType::f64})
            for (const DType to : {DType::f32, DType::bf16, DType::f64}) {
                Graph g;
                Var x = g.leaf(exact.to(from)), y = cast(x, to);
                CHECK(y.dtype() == to);
                CHECK(test::relative_error(value(y), exact) == 0);
                CHECK(grad(test::project(y), {x})[0].dtype() == from);
            }
    }
    TEST_CASE("every kernel agrees with the reference, and the gradient with differences") {
        for (const Shape& shape : {Shape{2, 3, 5, 7}, Shape{1, 75, 75, 3}})
            test::check_op({.name = "cast " + to_string(shape), .shapes = {shape}, .f = [](const std::vector<Var>& in) {
                                // Numbers in, numbers of another type out: f64 stays for the differences.
                                return in[0].dtype() == DType::bf16 ? cast(in[0], DType::f32) : in[0];
                            }});
        Graph g;
        Var x = g.leaf(test::noise_tensor({2, 9, 9, 7}));
        Var y = cast(slice_channels(x, 2, 3), DType::bf16);
        const Tensor expected = value(y, {.kernels = KernelFilter("reference")});
        for (Device* device : test::devices()) CHECK(test::relative_error(value(y, {.device = device}), expected) == 0);
    }
    TEST_CASE("to the same type is nothing at all, and integers are refused") {
        Graph g;
        Var x = g.number(1);
        CHECK(cast(x, DType::f32).id == x.id);
        test::check_refuses([&] { cast(x, DType::i32); }, "cast: was asked to turn f32 into i32");
    }
}
