#include "ops/cross_entropy.h"

#include <cmath>

#include "ops/concat.h"
#include "ops/slice.h"
#include "tests/golden_op.h"

using namespace gradus;

namespace {

Tensor labels(const std::vector<std::int32_t>& values) {
    Tensor t(Spec({static_cast<std::int64_t>(values.size())}, DType::i32));
    std::copy(values.begin(), values.end(), t.values_to_write<std::int32_t>().begin());
    return t;
}

float loss(const Tensor& logits, const std::vector<std::int32_t>& answers) {
    Graph g;
    return value(cross_entropy(g.leaf(logits), g.leaf(labels(answers)))).values<float>()[0];
}

}  // namespace

TEST_SUITE("cross_entropy") {
    TEST_CASE("is the mean of minus the logarithms of the right answers' probabilities") {
        CHECK(loss(Tensor({1, 2}, {0, 0}), {1}) == doctest::Approx(std::log(2.0)));
        CHECK(loss(Tensor({2, 2}, {1, 0, 0, 3}), {0, 0}) ==
              doctest::Approx((std::log(1 + std::exp(-1.0)) + std::log(1 + std::exp(3.0))) / 2));
    }
    TEST_CASE("neither overflows nor loses a loss that is nearly 0") {
        CHECK(loss(Tensor({1, 3}, {1000, -1000, 0}), {0}) == 0);
        CHECK(loss(Tensor({1, 3}, {1000, -1000, 0}), {1}) == 2000);
        CHECK(loss(Tensor({1, 2}, {12, 0}), {0}) == doctest::Approx(std::log1p(std::exp(-12.0))).epsilon(1e-5));
    }
    TEST_CASE("a label that does not exist makes it NaN") {
        for (const std::int32_t label : {-1, 2, 1 << 30}) {
            CHECK(std::isnan(loss(Tensor({2, 2}, {0, 1, 2, 3}), {0, label})));
            Graph g;
            const Var x = g.leaf(Tensor({2, 2}, {0, 1, 2, 3}));
            const Tensor dx = value(grad(cross_entropy(x, g.leaf(labels({0, label}))), {x})[0]);
            for (std::size_t i = 0; i < 4; ++i) CHECK(std::isnan(dx.values<float>()[i]) == (i >= 2));
        }
    }
    TEST_CASE("every kernel agrees with the reference, and the gradient with differences") {
        for (const auto& [shape, answers] : {std::pair{Shape{1, 1000}, std::vector<std::int32_t>{281}},
                                             {Shape{4, 10}, {3, 0, 9, 3}},
                                             {Shape{3, 2}, {0, 1, 1}},
                                             {Shape{300, 2}, std::vector<std::int32_t>(300, 1)}})
            test::check_op(
                {.name = "cross_entropy " + to_string(shape),
                 .shapes = {shape},
                 .f = [a = answers](
                          const std::vector<Var>& in) { return cross_entropy(in[0], in[0].graph->leaf(labels(a))); },
                 .sum_length = 1000,
                 .bf16 = false});
    }
    TEST_CASE("smoothing wants a little of every answer") {
        const Tensor x = test::noise_tensor({3, 7});
        Graph g;
        const Var logits = g.leaf(x);
        const auto with = [&](std::vector<std::int32_t> answers, double smoothing) {
            return static_cast<double>(
                value(cross_entropy(logits, g.leaf(labels(answers)), smoothing)).values<float>()[0]);
        };
        double of_all = 0;
        for (std::int32_t k = 0; k < 7; ++k) of_all += with({k, k, k}, 0) / 7;
        CHECK(with({1, 2, 6}, 0.3) == doctest::Approx(0.7 * with({1, 2, 6}, 0) + 0.3 * of_all).epsilon(1e-6));
        for (const Shape& shape : {Shape{1, 1000}, Shape{3, 7}})
            test::check_op({.name = "smoothed cross_entropy " + to_string(shape),
                            .shapes = {shape},
                            .f =
                                [&](const std::vector<Var>& in) {
                                    const std::vector<std::int32_t> answers(static_cast<std::size_t>(shape[0]), 4);
                                    return cross_entropy(in[0], in[0].graph->leaf(labels(answers)), 0.1);
                                },
                            .sum_length = 1000,
                            .bf16 = false});
        test::check_refuses([&] { cross_entropy(logits, g.leaf(labels({1, 2, 6})), 1.5); }, "the smoothing 1.5");
    }
    TEST_CASE("nearly certain answers: value and gradient keep their digits where 1 - p is below f32's eps") {
        // The right one of a thousand is the last: the reference adds the others' small probabilities before its 1.
        for (const auto& [shape, answers] :
             {std::pair{Shape{1, 1000}, std::vector<std::int32_t>{999}}, {Shape{4, 10}, {3, 0, 9, 3}}}) {
            const auto classes = static_cast<std::size_t>(shape.channels());
            test::check_op(
                {.name = "nearly certain cross_entropy " + to_string(shape),
                 .shapes = {shape},
                 .f = [a = answers](
                          const std::vector<Var>& in) { return cross_entropy(in[0], in[0].graph->leaf(labels(a))); },
                 .sum_length = 1000,
                 // The wrong answers together have a probability of some e^-17 = 4e-8; eps is 1.2e-7.
                 .adjust =
                     [a = answers, classes](std::vector<float>& x, std::size_t) {
                         const auto far = static_cast<float>(17 + std::log(static_cast<double>(classes)));
                         for (std::size_t i = 0; i < x.size(); ++i) x[i] -= far;
                         for (std::size_t row = 0; row < a.size(); ++row)
                             x[row * classes + static_cast<std::size_t>(a[row])] = 0;
                     },
                 .bf16 = false});
        }
    }
    TEST_CASE("agrees with PyTorch, row by row") {
        const std::int32_t answers[] = {3, 0, 9, 3};
        test::check_golden("softmax_cross_entropy", [&](Var x) {
            std::vector<Var> rows;
            for (int i = 0; i < 4; ++i)
                rows.push_back(cross_entropy(slice(x, 0, i, 1), x.graph->leaf(labels({answers[i]}))));
            return concat(rows);
        });
    }
    TEST_CASE("refuses labels that do not fit") {
        Graph g;
        const Var x = g.leaf(test::noise_tensor({2, 3}));
        test::check_refuses([&] { cross_entropy(x, g.leaf(labels({1}))); }, "expected i32 (2)");
        test::check_refuses([&] { cross_entropy(x, g.leaf(Tensor({2}, {0, 1}))); }, "expected i32 (2)");
        test::check_refuses([&] { cross_entropy(g.leaf(test::noise_tensor({3})), g.leaf(labels({1}))); },
                            "expected f32 (N,K)");
    }
}
