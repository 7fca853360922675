#include "ops/reduce.h"

#include <cstring>

#include "ops/slice_channels.h"
#include "tests/check.h"

using namespace gradus;

namespace {

double number(Var v, int threads = 1, Device* on = &cpu_device()) {
    Plan plan(*v.graph, {v}, {.device = on, .threads = threads});
    plan.run();
    return plan.number(v);
}

// Empty blocks, one block, blocks and a rest, rows of one huge pixel.
const std::vector<Shape>& shapes() {
    static const std::vector<Shape> all = {{1}, {2, 3, 5, 7}, {1, 75, 75, 3}, {40000}, {3, 17000}};
    return all;
}

using Reduction = Var (*)(Var);

}  // namespace

TEST_SUITE("reduce") {
    TEST_CASE("small sums by hand") {
        Graph g;
        Var x = g.leaf(Tensor({2, 2}, {1, 2, 3, -4}));
        CHECK(number(sum(x)) == 2);
        CHECK(number(mean(x)) == 0.5);
        CHECK(number(sum_squares(x)) == 30);
        CHECK(number(dot(x, x)) == 30);
        const Tensor channels = value(channel_sums(x));
        CHECK(channels.shape() == Shape{2});
        CHECK(channels.values<float>()[0] == 4);
        CHECK(channels.values<float>()[1] == -2);
    }
    TEST_CASE("every kernel agrees with the reference, and the gradient with differences") {
        const std::pair<const char*, Reduction> reductions[] = {
            {"sum", sum}, {"mean", mean}, {"sum_squares", sum_squares}, {"channel_sums", channel_sums}};
        for (const auto& [name, f] : reductions)
            for (const Shape& shape : shapes())
                test::check_op({.name = name + to_string(shape),
                                .shapes = {shape},
                                .f = [f = f](const std::vector<Var>& in) { return f(in[0]); },
                                // Noise cancels, in sums but not in sums of squares.
                                .slack = f == sum_squares ? 1.0 : 4.0,
                                .bf16 = false});
    }
    TEST_CASE("bf16 is read as it is, and the result is f32; gradients are bf16") {
        for (const Reduction f : {sum, mean, sum_squares, channel_sums})
            for (const Shape& shape : shapes())
                for (Device* on : test::devices())
                    for (const char* kernels : {"", "reference"}) {
                        if (*kernels && on->kind() != DeviceKind::cpu) continue;
                        Graph g;
                        const Tensor x = test::noise_tensor(shape, 3, DType::bf16);
                        Var narrow = g.leaf(x), wide = g.leaf(x.to(DType::f64));
                        Var y = f(narrow), exact = f(wide);
                        Var dx = grad(test::project(y), {narrow})[0], exact_dx = grad(test::project(exact), {wide})[0];
                        Plan plan(g, {y, dx}, {.device = on, .kernels = KernelFilter(kernels)});
                        plan.poison();
                        plan.run();
                        CHECK(test::relative_error(plan.read(y), value(exact)) < 2e-6);
                        CHECK(test::relative_error(plan.read(dx), value(exact_dx)) < 4e-3);
                    }
    }
    TEST_CASE("slices of wider tensors") {
        for (const Reduction f : {sum, mean, sum_squares, channel_sums})
            test::check_op({.name = "of a slice",
                            .shapes = {{1, 25, 25, 40}},
                            .f = [f](const std::vector<Var>& in) { return f(slice_channels(in[0], 3, 35)); },
                            .slack = 4.0,
                            .bf16 = false});
    }
    TEST_CASE("dot") {
        for (const Shape& shape : shapes())
            test::check_op({.name = "dot " + to_string(shape),
                            .shapes = {shape, shape},
                            .f = [](const std::vector<Var>& in) { return dot(in[0], in[1]); },
                            .slack = 4.0,
                            .differentiable = {0, 1},
                            .bf16 = false});
        test::check_op({.name = "dot of slices",
                        .shapes = {{1, 25, 25, 40}},
                        .f =
                            [](const std::vector<Var>& in) {
                                return dot(slice_channels(in[0], 1, 19), slice_channels(in[0], 20, 19));
                            },
                        .slack = 4.0,
                        .bf16 = false});
    }
    TEST_CASE("many equal numbers keep their digits, and any number of threads gives the same bytes") {
        Graph g;
        Tensor many(Spec(Shape{1, 1000, 1000, 3}));
        for (float& v : many.values_to_write<float>()) v = 0.1f;
        Var x = g.leaf(many);
        for (Device* on : test::devices()) {
            CHECK(number(mean(x), 1, on) == static_cast<double>(0.1f));
            CHECK(number(sum(x), 1, on) == doctest::Approx(300000.0).epsilon(1e-7));
        }
        const Tensor noise = test::noise_tensor({1, 300, 301, 7});
        Var y = g.leaf(noise);
        for (const Reduction f : {sum, mean, sum_squares}) {
            const double once = number(f(y));
            for (const int threads : {2, 3, 8}) CHECK(number(f(y), threads) == once);
        }
    }
    TEST_CASE("f32 for f32 and bf16, f64 for f64") {
        Graph g;
        for (const auto& [in, out] : {std::pair{DType::f32, DType::f32}, std::pair{DType::bf16, DType::f32},
                                      std::pair{DType::f64, DType::f64}}) {
            Var x = g.leaf(test::noise_tensor({2, 3}, 1, in));
            for (Var y : {sum(x), mean(x), sum_squares(x), dot(x, x), channel_sums(x)}) CHECK(y.dtype() == out);
            CHECK(grad(sum_squares(x), {x})[0].dtype() == in);
        }
    }
    TEST_CASE("refuses what does not fit") {
        Graph g;
        Var a = g.leaf(test::noise_tensor({2, 3}));
        test::check_refuses(
            [&] {
                dot(a, g.leaf(test::noise_tensor({3, 2})));
            },
            "dot: was given f32 (2, 3) and f32 (3, 2)");
        test::check_refuses([&] { mean(g.leaf(Tensor(Spec(Shape{0, 3})))); }, "mean: was given f32 (0, 3)");
    }
}
