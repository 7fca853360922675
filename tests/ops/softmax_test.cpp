#include "ops/softmax.h"

#include <cmath>
#include <limits>

#include "ops/slice_channels.h"
#include "tests/caffe_layer.h"
#include "tests/golden_op.h"

using namespace gradus;

TEST_SUITE("softmax") {
    TEST_CASE("gives numbers that add up to 1, also of large ones") {
        Graph g;
        const Tensor y = value(softmax(g.leaf(Tensor({2, 3}, {1000, 1000, -1000, -1e30f, -1e30f, 0}))));
        const float expected[] = {0.5f, 0.5f, 0, 0, 0, 1};
        for (std::size_t i = 0; i < 6; ++i) CHECK(y.values<float>()[i] == expected[i]);
    }
    TEST_CASE("every kernel agrees with the reference, and the gradient with differences") {
        for (const Shape& shape :
             {Shape{1, 1000}, Shape{5, 2}, Shape{3, 1}, Shape{2, 3, 4, 17}, Shape{7, 36}, Shape{1, 20000}})
            test::check_op({.name = "softmax " + to_string(shape),
                            .shapes = {shape},
                            .f = [](const std::vector<Var>& in) { return softmax(in[0]); },
                            .sum_length = 300,
                            .bf16 = false});
    }
    TEST_CASE("takes slices of wider tensors") {
        for (const int first : {3, 8})
            test::check_op({.name = "softmax of a slice",
                            .shapes = {{5, 300}},
                            .f = [&](const std::vector<Var>& in) { return softmax(slice_channels(in[0], first, 280)); },
                            .sum_length = 300,
                            .bf16 = false});
    }
    TEST_CASE("a NaN in a row makes that row NaN and no other") {
        const float nan = std::numeric_limits<float>::quiet_NaN();
        for (Device* device : test::devices()) {
            Graph g;
            const Var y = softmax(g.leaf(Tensor({3, 2}, {1, 2, nan, 1, nan, nan})));
            const Tensor out = value(y, {.device = device});
            for (std::size_t i = 0; i < 6; ++i) CHECK(std::isnan(out.values<float>()[i]) == (i >= 2));
        }
    }
    TEST_CASE("agrees with PyTorch") { test::check_golden("softmax", softmax); }
    TEST_CASE("agrees with Caffe") {
        SKIP_WITHOUT(test::shared_dir(), "GRADUS_SHARED");
        test::check_caffe_layer("softmax", softmax);
    }
    TEST_CASE("refuses bf16") {
        Graph g;
        test::check_refuses([&] { softmax(g.leaf(test::noise_tensor({1, 3}, 1, DType::bf16))); }, "expected f32");
    }
}
