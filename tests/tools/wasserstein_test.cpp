// The distance of normal distributions against closed forms; against PyTorch: style_golden_test.cpp.
#include "tools/search/wasserstein.h"

#include <algorithm>
#include <cmath>

#include "ops/matmul.h"
#include "ops/reshape.h"
#include "tests/check.h"

using namespace gradus;

namespace {

Tensor doubles(const Shape& shape, const std::vector<double>& values) {
    Tensor t(Spec(shape, DType::f64));
    std::copy(values.begin(), values.end(), t.values_to_write<double>().begin());
    return t;
}

/// With these variances, no covariances, and these means.
Style spread(const std::vector<double>& variances, const std::vector<double>& means) {
    const auto C = static_cast<std::int64_t>(means.size());
    std::vector<double> gram;
    for (std::size_t i = 0; i < means.size(); ++i)
        for (std::size_t j = 0; j < means.size(); ++j)
            gram.push_back(means[i] * means[j] + (i == j ? variances[i] : 0));
    return {doubles({C, C}, gram), doubles({C}, means)};
}

double distance(const Style& a, const Style& b, DType type) {
    Graph g;
    const std::int64_t C = a.mean.shape()[0];
    const RecordedStyle mine{reshape(g.leaf(a.gram.to(type)), {C * C}), g.leaf(a.mean.to(type))};
    const KernelFilter kernels = type == DType::f64 ? KernelFilter("reference") : KernelFilter();
    return value(wasserstein(mine, b, root_of_covariance(b)), {.kernels = kernels}).to(DType::f64).values<double>()[0];
}

/// F^T F of noise.
Tensor of_noise(std::int64_t rows, std::int64_t C, unsigned seed) {
    Graph g;
    Var f = g.leaf(test::noise_tensor({rows, C}, seed));
    return value(matmul(f, f, {.transpose_a = true}));
}

}  // namespace

TEST_SUITE("wasserstein") {
    TEST_CASE("without covariances it is that of each channel: (m - m0)^2 + (deviation - deviation)^2") {
        const std::vector<double> a{4, 100, 9}, b{16, 25, 9}, m{1, 2, 3}, n{3, 2, -1};
        double wanted = 0;
        for (std::size_t c = 0; c < 3; ++c)
            wanted += std::pow(m[c] - n[c], 2) +
                      std::pow(std::sqrt(a[c] + wasserstein_little) - std::sqrt(b[c] + wasserstein_little), 2);
        CHECK(distance(spread(a, m), spread(b, n), DType::f64) == doctest::Approx(wanted / 3).epsilon(1e-9));
        CHECK(distance(spread(a, m), spread(b, n), DType::f32) == doctest::Approx(wanted / 3).epsilon(1e-5));
    }
    TEST_CASE("a style has no distance to itself, and the same both ways") {
        const Style a{of_noise(40, 12, 1).to(DType::f64), test::noise_tensor({12}, 2).to(DType::f64)},
            b{of_noise(50, 12, 3).to(DType::f64), test::noise_tensor({12}, 4).to(DType::f64)};
        const double there = distance(a, b, DType::f64);
        CHECK(there > 0.1);
        CHECK(std::abs(distance(a, a, DType::f64)) < 1e-6 * there);
        CHECK(distance(b, a, DType::f64) == doctest::Approx(there).epsilon(1e-9));
    }
    TEST_CASE("the root of a covariance times its mirror image is the covariance") {
        const Style style{of_noise(30, 9, 5).to(DType::f64), test::noise_tensor({9}, 6).to(DType::f64)};
        const auto L = root_of_covariance(style);
        const auto l = L.values<double>(), gram = style.gram.values<double>(), mean = style.mean.values<double>();
        for (std::size_t i = 0; i < 9; ++i)
            for (std::size_t j = 0; j < 9; ++j) {
                double sum = 0;
                for (std::size_t k = 0; k < 9; ++k) sum += l[i * 9 + k] * l[j * 9 + k];
                const double wanted = gram[i * 9 + j] - mean[i] * mean[j] + (i == j ? wasserstein_little : 0);
                CHECK(sum == doctest::Approx(wanted).epsilon(1e-9).scale(1));
            }
    }
    TEST_CASE("the trace of a root: every kernel agrees, and the gradient with differences") {
        for (const std::int64_t C : {1, 2, 7, 33})
            test::check_op({.name = "root_trace of " + std::to_string(C),
                            .shapes = {{C + 3, C}},
                            .f =
                                [](const std::vector<Var>& in) {
                                    return root_trace(matmul(in[0], in[0], {.transpose_a = true}));
                                },
                            .sum_length = 4000,
                            .bf16 = false,
                            .tf32 = false});
        Graph g;
        test::check_refuses([&] { root_trace(g.leaf(test::noise_tensor({2, 3}))); },
                            "root_trace: was given (2, 3), expected a square matrix");
    }
    TEST_CASE("roots of eigenvalues down to 1/400^2 of the norm are found, what is below counts too little") {
        Graph g;
        const double least = 1.0 / 400 / 400;
        Var found = root_trace(g.leaf(doubles({2, 2}, {1, 0, 0, least})));
        CHECK(value(found, {.kernels = KernelFilter("reference")}).values<double>()[0] ==
              doctest::Approx(1 + std::sqrt(least)).epsilon(1e-7));
        Var less = root_trace(g.leaf(doubles({2, 2}, {1, 0, 0, least / 100})));
        const double root = value(less, {.kernels = KernelFilter("reference")}).values<double>()[0] - 1;
        CHECK(root > 0);
        CHECK(root < std::sqrt(least / 100));
    }
}
