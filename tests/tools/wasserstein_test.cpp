// The distance of normal distributions against closed forms; against PyTorch: style_golden_test.cpp.
#include "tools/search/wasserstein.h"

#include <algorithm>
#include <cmath>

#include "ops/arithmetic.h"
#include "ops/matmul.h"
#include "ops/pointwise.h"
#include "ops/reduce.h"
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
    const Var mean = g.leaf(a.mean.to(type)), column = reshape(mean, {C, 1});
    const Var covariance = subtract(g.leaf(a.gram.to(type)), matmul(column, column, {.transpose_b = true}));
    const KernelFilter kernels = type == DType::f64 ? KernelFilter("reference") : KernelFilter();
    const Var d = wasserstein(mean, covariance, b, root_of_covariance(b));
    return value(d, {.kernels = kernels}).to(DType::f64).values<double>()[0];
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
    TEST_CASE("a covariance of few places, rounded, has a root that is near it") {
        // Of rank 3, and means far above its deviations: rounding makes it indefinite.
        const std::int64_t C = 40;
        std::vector<float> values = test::noise(3 * C, 7);
        for (std::size_t i = 0; i < values.size(); ++i) values[i] = 500 + 20 * values[i];
        Graph g;
        Var f = g.leaf(Tensor({3, C}, values));
        const Tensor gram = value(scale(matmul(f, f, {.transpose_a = true}), 1.0 / 3));
        const Tensor mean = value(scale(channel_sums(f), 1.0 / 3));
        const Style style{gram.to(DType::f64), mean.to(DType::f64)};
        const Tensor root = root_of_covariance(style);
        const auto L = root.values<double>();
        for (std::size_t i = 0; i < 40; ++i)
            for (std::size_t j = 0; j < 40; ++j) {
                double sum = 0, exact = 0;
                for (std::size_t k = 0; k < 40; ++k) sum += L[i * 40 + k] * L[j * 40 + k];
                for (std::size_t p = 0; p < 3; ++p)
                    for (std::size_t q = 0; q < 3; ++q)
                        exact += static_cast<double>(values[p * 40 + i]) * static_cast<double>(values[q * 40 + j]) *
                                 (p == q ? 2.0 / 9 : -1.0 / 9);
                CHECK(std::abs(sum - exact) < 1);  // of 100 on the diagonal, where rounding is 0.03 and the little 0.3
            }
    }
    TEST_CASE("the gradient of a root's trace is that of differences, and f32 is near f64") {
        const std::int64_t C = 33;
        const auto of = [](Var f) { return root_trace(matmul(f, f, {.transpose_a = true})); };
        Graph g;
        const Tensor at = test::noise_tensor({4 * C, C}, 8), along = test::noise_tensor({4 * C, C}, 9, DType::f64);
        Var f = g.leaf(at.to(DType::f64)), slope = grad(of(f), {f})[0];
        const PlanOptions exactly{.kernels = KernelFilter("reference")};
        const auto moved = [&](double by) {
            Graph h;
            Var v = add(h.leaf(at.to(DType::f64)), scale(h.leaf(along), by));
            return value(of(v), exactly).values<double>()[0];
        };
        const double predicted = value(dot(slope, g.leaf(along)), exactly).values<double>()[0];
        CHECK((moved(1e-4) - moved(-1e-4)) / 2e-4 == doctest::Approx(predicted).epsilon(1e-6));
        for (Device* device : test::devices()) {
            Graph h;
            Var x = h.leaf(at), y = of(x), dx = grad(y, {x})[0];
            CHECK(test::relative_error(value(y, {.device = device}), value(of(f), exactly)) <= 1e-6);
            // Inverse roots stand in it, which enlarge what is rounded.
            CHECK(test::relative_error(value(dx, {.device = device}), value(slope, exactly)) <= 3e-5);
        }
        test::check_refuses(
            [&] {
                root_trace(g.leaf(test::noise_tensor({2, 3})));
            },
            "root_trace: was given (2, 3), expected a square matrix");
    }
    TEST_CASE("roots of eigenvalues down to 1/130^2 of the norm are found, what is below counts too little") {
        Graph g;
        const double least = 1.0 / 130 / 130;
        Var found = root_trace(g.leaf(doubles({2, 2}, {1, 0, 0, least})));
        CHECK(value(found, {.kernels = KernelFilter("reference")}).values<double>()[0] ==
              doctest::Approx(1 + std::sqrt(least)).epsilon(1e-7));
        Var less = root_trace(g.leaf(doubles({2, 2}, {1, 0, 0, least / 100})));
        const double root = value(less, {.kernels = KernelFilter("reference")}).values<double>()[0] - 1;
        CHECK(root > 0);
        CHECK(root < std::sqrt(least / 100));
    }
}
