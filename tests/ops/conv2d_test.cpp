#include "ops/conv2d.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <string>

#include "engine/error.h"
#include "ops/concat.h"
#include "ops/reduce.h"
#include "ops/relu.h"
#include "ops/slice.h"
#include "tests/caffe_layer.h"
#include "tests/cases/conv2d.h"
#include "tests/golden_op.h"
#include "weights/weights.h"

using namespace gradus;

namespace {

Shape bias_of(const Shape& w) { return {w[0]}; }

/// Over taps and channels forward, taps and filters for the input gradient, pixels for the weight gradient.
double longest_sum(const cases::Conv2dCase& c) {
    const std::int64_t taps = c.w[2] * c.w[3];
    return static_cast<double>(std::max({taps * c.w[1], taps * c.w[0], c.x.pixels()}));
}

test::OpCase case_of(const cases::Conv2dCase& c) {
    return {.name = "conv2d " + c.name,
            .shapes = {c.x, c.w, bias_of(c.w)},
            .f = [c](const std::vector<Var>& in) { return conv2d(in[0], in[1], in[2], c.options); },
            .sum_length = longest_sum(c),
            .slack = 3,
            .differentiable = {0, 1, 2},
            // Of a gradient that is one number, the sum of two that nearly cancel keeps few bits in bf16.
            .bf16 = c.x.size() > 1};
}

/// The devices of the tests with the types that they compute in.
std::vector<std::pair<Device*, DType>> where_and_how() {
    std::vector<std::pair<Device*, DType>> all{{&cpu_device(), DType::f64}};
    for (Device* device : test::devices()) all.emplace_back(device, DType::f32);
    return all;
}

}  // namespace

TEST_SUITE("conv2d") {
    TEST_CASE("every kernel agrees with the reference, and the gradients with differences") {
        for (const cases::Conv2dCase& c : cases::conv2d())
            if (!c.real) test::check_op(case_of(c));
    }
    TEST_CASE("the cases for Winograd reach it, forward and in both gradients") {
        int reached = 0, weights_reached = 0;
        for (const cases::Conv2dCase& c : cases::conv2d()) {
            if (!c.name.starts_with("winograd")) continue;
            CAPTURE(c.name);
            Graph g;
            const Var x = g.leaf(test::noise_tensor(c.x)), w = g.leaf(test::noise_tensor(c.w));
            const Var y = conv2d(x, w, g.leaf(test::noise_tensor(bias_of(c.w))), c.options);
            const KernelFilter winograd("conv2d=cpu.winograd,conv2d_input_grad=cpu.winograd");
            CHECK_NOTHROW(Plan(g, {grad(sum_squares(y), {x})[0]}, {.kernels = winograd}));
            ++reached;
            if (c.w[0] < 8) continue;  // which the weight gradient declines
            const KernelFilter of_weights("conv2d_weight_grad=cpu.winograd");
            CHECK_NOTHROW(Plan(g, {grad(sum_squares(y), {w})[0]}, {.kernels = of_weights}));
            ++weights_reached;
        }
        CHECK(reached >= 11);
        CHECK(weights_reached >= 9);
    }
    TEST_CASE("every CUDA kernel takes some of the cases") {
        std::map<std::string, int> taken{{"conv2d=cuda.few_channels", 0},
                                         {"conv2d=cuda.tiled", 0},
                                         {"conv2d_input_grad=cuda.gather", 0},
                                         {"conv2d_input_grad=cuda.tiled", 0},
                                         {"conv2d_weight_grad=cuda.tiled", 0},
                                         {"conv2d=cuda.plain", 0},
                                         {"conv2d=cuda.mma", 0},
                                         {"conv2d_input_grad=cuda.mma", 0}};
        for (const cases::Conv2dCase& c : cases::conv2d()) {
            Graph g;
            const Var x = g.leaf(test::noise_tensor(c.x)), w = g.leaf(test::noise_tensor(c.w));
            const Var y = conv2d(x, w, {}, c.options);
            const std::vector<Var> d = grad(test::project(y), {x, w});
            for (auto& [rule, count] : taken) try {
                    Plan(g, {d[0], d[1]},
                         {.device = &cuda_on_cpu_device(), .kernels = KernelFilter(rule), .tf32 = true});
                    ++count;
                } catch (const Error&) {
                }
        }
        for (const auto& kernel : taken) CHECK_MESSAGE(kernel.second > 5, kernel.first << " takes " << kernel.second);
    }
    TEST_CASE("tensor cores round f32 only where the plan allows TF32, and come before what they are faster than") {
        const auto planned = [](DType dtype, bool tf32, std::int64_t channels) {
            Graph g;
            const Var x = g.leaf(test::noise_tensor({1, 9, 9, channels}, 1, dtype)),
                      w = g.leaf(test::noise_tensor({16, channels, 3, 3}));
            const Plan plan(g, {conv2d(x, w, {}, {.pad = 1})}, {.device = &cuda_on_cpu_device(), .tf32 = tf32});
            return plan.report().at(0);
        };
        const StepReport exact = planned(DType::f32, false, 16);
        CHECK(exact.kernel == "cuda.tiled");
        const auto why = "cuda.mma: rounds to TF32, which --precision fp32 does not allow";
        CHECK(std::find(exact.declined.begin(), exact.declined.end(), why) != exact.declined.end());
        CHECK(planned(DType::f32, true, 16).kernel == "cuda.mma");
        CHECK(planned(DType::bf16, false, 16).kernel == "cuda.mma");
        CHECK(planned(DType::bf16, false, 12).kernel == "cuda.tiled");
        CHECK(planned(DType::bf16, false, 64).kernel == "cuda.wgmma");
        CHECK(planned(DType::f32, true, 3).kernel == "cuda.few_channels");
    }
    TEST_CASE("with a ReLU behind it and a ReLU before it, fused or not") {
        for (const cases::Conv2dCase& c : cases::conv2d()) {
            if (c.real) continue;
            test::OpCase o = case_of(c);
            o.name += " with relu";
            o.kink = 0.05;
            o.bf16 = o.tf32 = false;  // a mask that flips where a rounded sum is zero is no error
            o.f = [c](const std::vector<Var>& in) { return relu(conv2d(relu(in[0]), in[1], in[2], c.options)); };
            test::check_op(o);
        }
    }
    TEST_CASE("on channels of wider tensors: x is a slice, and so is what comes back from a concat") {
        for (const int taps : {1, 3, 5}) {
            test::check_op({.name = fmt::format("conv2d {}x{} of slices", taps, taps),
                            .shapes = {{2, 9, 10, 16}, {11, 10, taps, taps}},
                            .f =
                                [taps](const std::vector<Var>& in) {
                                    const Var middle = slice(in[0], 3, 3, 10);
                                    return concat({middle, conv2d(middle, in[1], {}, {.pad = taps / 2}), middle});
                                },
                            .sum_length = 11.0 * taps * taps,
                            .slack = 3,
                            .differentiable = {0, 1}});
        }
    }
    TEST_CASE("weight gradients are the same bytes on one, two, three and seven threads") {
        for (const auto& [x_shape, w_shape] :
             std::vector<std::pair<Shape, Shape>>{{{5, 33, 21, 33}, {40, 33, 3, 3}},     // parts
                                                  {{3, 8, 9, 100}, {130, 100, 3, 3}},    // pieces
                                                  {{2, 18, 19, 70}, {65, 70, 5, 5}}}) {  // both
            Graph g;
            const Var x = g.leaf(test::noise_tensor(x_shape)), w = g.leaf(test::noise_tensor(w_shape));
            const int pad = static_cast<int>(w_shape[2] / 2);
            const Var dw = grad(sum_squares(conv2d(x, w, {}, {.pad = pad})), {w})[0];
            for (const char* kernel : {"cpu.winograd", "cpu.direct"}) {
                std::vector<Tensor> results;
                for (const int threads : {1, 2, 3, 7}) {
                    const KernelFilter by(std::string("conv2d_weight_grad=") + kernel);
                    Plan plan(g, {dw}, {.threads = threads, .kernels = by});
                    CHECK(plan.report().back().kernel == kernel);
                    plan.poison();
                    plan.run();
                    results.push_back(plan.read(dw));
                }
                for (const Tensor& other : results)
                    CHECK(std::memcmp(results[0].data(), other.data(), other.spec().bytes()) == 0);
            }
        }
    }
    TEST_CASE("agrees with PyTorch, gradients of all inputs included") {
        const std::map<std::string, Conv2dOptions> goldens{
            {"op_conv2d_7x7", {.stride = 2, .pad = 3}},
            {"op_conv2d_groups_dilation", {.pad = 2, .dilation = 2, .groups = 2}}};
        for (const auto& entry : goldens)
            for (const auto& how : where_and_how()) {
                Device* const device = how.first;
                const DType dtype = how.second;
                CAPTURE(entry.first);
                CAPTURE(device->name());
                CAPTURE(to_string(dtype));
                const auto golden = [&](const char* part) { return test::golden(entry.first + part); };
                Graph g;
                const Var x = g.leaf(golden("_x").to(dtype)), w = g.leaf(golden("_w").to(dtype)),
                          b = g.leaf(golden("_b").to(dtype));
                const Var y = conv2d(x, w, b, entry.second);
                const Tensor r = golden("_r").to(DType::f32);
                const std::vector<Var> d =
                    grad(test::weighted_sum(y, {r.values<float>().begin(), r.values<float>().end()}), {x, w, b});
                Plan plan(g, {y, d[0], d[1], d[2]}, {.device = device});
                plan.run();
                // The weights of the sum are f32, and gradients in f32 are sums of up to 300 terms.
                const double allowed = dtype == DType::f64 ? 1e-12 : 1e-6;
                CHECK(test::relative_error(plan.read(y), golden("_y")) <= allowed);
                CHECK(test::relative_error(plan.read(d[0]), golden("_dx")) <= std::max(allowed, 1e-7));
                CHECK(test::relative_error(plan.read(d[1]), golden("_dw")) <= std::max(allowed, 1e-7));
                CHECK(test::relative_error(plan.read(d[2]), golden("_db")) <= std::max(allowed, 1e-7));
            }
    }
    TEST_CASE("agrees with Caffe, its filters read from Caffe's own file") {
        SKIP_WITHOUT(test::shared_dir(), "GRADUS_SHARED");
        const Weights weights(*test::shared_dir() / "reference/caffe-layers/layer_convolution.caffemodel");
        test::check_caffe_layer("convolution", [&](Var x) {
            const auto leaf = [&](const char* name) { return x.graph->leaf(weights[name].to(x.dtype())); };
            return conv2d(x, leaf("output.weight"), leaf("output.bias"),
                          {.stride = {2, 3}, .pad = {0, 1}, .groups = 3});
        });
    }
    TEST_CASE("packed filters are shared between plans, and made again when the filters change") {
        for (Device* device : test::devices()) {
            Tensor w = test::noise_tensor({8, 4, 3, 3});
            const auto planned = [&](Graph& g, int size, Var& y) {
                y = conv2d(g.leaf(test::noise_tensor({1, size, size, 4})), g.leaf(w), {}, {.pad = 1});
                return Plan(g, {y}, {.device = device});
            };
            Graph small_graph, large_graph;
            Var small_y = {}, large_y = {};
            Plan small = planned(small_graph, 16, small_y), large = planned(large_graph, 32, large_y);
            const auto form = [](const Plan& plan) { return plan.packed_forms().begin()->first; };
            CHECK(form(small) == form(large));
            small.run();
            const Tensor before = small.read(small_y);
            for (float& v : w.values_to_write<float>()) v *= 2;
            small.run();
            const Tensor after = small.read(small_y);
            for (std::size_t i = 0; i < 64; ++i)
                CHECK(after.values<float>()[i] == doctest::Approx(2 * before.values<float>()[i]).epsilon(1e-5));
        }
    }
    TEST_CASE("what does not fit is refused") {
        Graph g;
        const auto t = [&](Shape s) { return g.leaf(Tensor(Spec(std::move(s)))); };
        test::check_refuses(
            [&] {
                conv2d(t({1, 8, 8, 3}), t({4, 5, 3, 3}));
            },
            "x has 3 channels, the filters (4, 5, 3, 3) expect 5");
        test::check_refuses([&] { conv2d(t({1, 2, 2, 3}), t({4, 3, 5, 5})); }, "does not fit into 2x2");
        test::check_refuses(
            [&] {
                conv2d(t({1, 8, 8, 3}), t({4, 3, 3, 3}), t({5}));
            },
            "the bias has shape (5), expected (4)");
        test::check_refuses([&] { conv2d(t({1, 8, 8, 4}), t({4, 2, 3, 3}), {}, {.groups = 3}); }, "3 groups");
        test::check_refuses([&] { conv2d(t({1, 8, 8, 4}), t({4, 4, 3, 3}), {}, {.stride = 0}); }, "stride (0, 0)");
    }
}
