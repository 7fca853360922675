#include "ops/linear.h"

#include "tests/caffe_layer.h"
#include "weights/weights.h"

using namespace gradus;

TEST_SUITE("linear") {
    TEST_CASE("multiplies by the rows of w and adds the bias") {
        Graph g;
        const Var x = g.leaf(Tensor({1, 3}, {1, 2, 3})), w = g.leaf(Tensor({2, 3}, {1, 0, 0, 1, 1, 1}));
        const Tensor y = value(linear(x, w, g.leaf(Tensor({2}, {10, 20}))));
        CHECK(y.values<float>()[0] == 11);
        CHECK(y.values<float>()[1] == 26);
    }
    TEST_CASE("every kernel agrees with the reference, and the gradient with differences") {
        for (const auto& [x, w] : {std::pair{Shape{1, 1}, Shape{1, 1}},
                                   {Shape{1, 200}, Shape{41, 200}},
                                   {Shape{5, 33}, Shape{17, 33}},
                                   {Shape{2, 3, 4, 9}, Shape{2, 9}}})
            for (const bool biased : {false, true}) {
                std::vector<Shape> shapes{x, w};
                std::vector<int> all{0, 1};
                if (biased) {
                    shapes.push_back({w[0]});
                    all.push_back(2);
                }
                test::check_op({.name = "linear " + to_string(x) + to_string(w),
                                .shapes = shapes,
                                .f =
                                    [](const std::vector<Var>& in) {
                                        return linear(in[0], in[1],
                                                      in.size() > 2 ? std::optional(in[2]) : std::nullopt);
                                    },
                                .sum_length = static_cast<double>(x.channels()),
                                .differentiable = all,
                                .bf16 = false});
            }
    }
    TEST_CASE("agrees with Caffe, its weights read from Caffe's own file") {
        SKIP_WITHOUT(test::shared_dir(), "GRADUS_SHARED");
        const auto folder = *test::shared_dir() / "reference" / "caffe-layers";
        const Weights weights(folder / "layer_inner_product.caffemodel");
        // The layer multiplies along the last axis of (N,C,H,W), whatever that stands for.
        const Tensor x = test::read_npy(folder / "blob.npy"), y = test::read_npy(folder / "layer_inner_product.npy");
        Graph g;
        const auto leaf = [&](const char* name) { return g.leaf(weights[name].to(DType::f64)); };
        const Var in_f64 = linear(g.leaf(x), leaf("output.weight"), leaf("output.bias"));
        const Var in_f32 =
            linear(g.leaf(x.to(DType::f32)), g.leaf(weights["output.weight"]), g.leaf(weights["output.bias"]));
        CHECK(test::relative_error(value(in_f64), y) <= 1e-6);
        CHECK(test::relative_error(value(in_f32), y) <= 1e-6);
    }
    TEST_CASE("refuses what does not fit") {
        Graph g;
        const auto of = [&](const Shape& shape) { return g.leaf(test::noise_tensor(shape)); };
        test::check_refuses([&] { linear(of({1, 3}), of({2, 4})); }, "expected x (...,F) and w (K,F)");
        test::check_refuses([&] { linear(of({1, 3}), of({2, 3}), of({3})); }, "the bias has shape (3), expected (2)");
        test::check_refuses(
            [&] {
                linear(g.leaf(test::noise_tensor({1, 3}, 1, DType::bf16)), of({2, 3}));
            },
            "expected f32");
    }
}
