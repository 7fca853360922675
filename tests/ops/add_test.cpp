#include "engine/graph.h"
#include "tests/check.h"

using namespace gradus;

TEST_SUITE("add") {
    TEST_CASE("every kernel agrees with the reference, and the gradients with differences") {
        for (const Shape& shape : {Shape{1}, Shape{2, 3, 5, 7}, Shape{1, 130, 130, 3}})
            test::check_op(
                {.name = "add " + to_string(shape),
                 .shapes = {shape, shape},
                 .f = [](const std::vector<Var>& in) { return add(in[0], in[1]); },
                 .differentiable = {0, 1},
                 .bf16 = false});  // both inputs would have to be bf16: tests/engine covers sums of gradients
    }
    TEST_CASE("a value may be added to itself") {
        Graph g;
        Var x = g.leaf(Tensor({3}, {1, 2, 3}));
        const Tensor y = value(add(x, x));
        CHECK(y.values<float>()[2] == 6);
        const Tensor dx = value(grad(test::weighted_sum(add(x, x), {1, 1, 1}), {x})[0]);
        CHECK(dx.values<float>()[0] == 2);
    }
    TEST_CASE("shapes and types must agree") {
        Graph g;
        Var a = g.leaf(test::noise_tensor({2, 3}));
        test::check_refuses(
            [&] {
                add(a, g.leaf(test::noise_tensor({3, 2})));
            },
            "expected two of the same shape and type");
        test::check_refuses([&] { add(a, g.leaf(test::noise_tensor({2, 3}, 1, DType::f64))); }, "f64 (2, 3)");
    }
}
