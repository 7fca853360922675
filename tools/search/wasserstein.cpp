#include "tools/search/wasserstein.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "engine/require.h"
#include "ops/arithmetic.h"
#include "ops/matmul.h"
#include "ops/optimizer_step.h"
#include "ops/pointwise.h"
#include "ops/reduce.h"
#include "tools/search/like.h"

namespace gradus {
namespace {

constexpr double smallest_root = 1.0 / 130;  // over that of the norm: see root_trace
constexpr int root_steps = 9;

/// factor I, in x's type, rounded once.
Var diagonal(Var x, std::int64_t C, double factor) {
    Tensor made = zeros(Spec(Shape{C, C}, DType::f64));
    const auto values = made.values_to_write<double>();
    for (std::size_t c = 0; c < values.size(); c += static_cast<std::size_t>(C + 1)) values[c] = factor;
    return leaf_like(x, made);
}

Var trace(Var a) { return dot(a, diagonal(a, a.shape()[0], 1)); }

}  // namespace

// With y -> the root of b = a / |a| and z -> its inverse root, both functions of b, so that all of them commute:
//
//     t = r/2 (3 I - r^2 z y)    y = y t    z = t z,    from y = b, z = I
//
// A root x of an eigenvalue goes the way x -> r/2 x (3 - r^2 x^2): r = 1 is the plain iteration, which makes a small x
// grow by 3/2. Where the smallest is l, r^2 = 3 / (1 + l + l^2) makes it grow most, by up to 2.6, while none leaves
// 0..1. The last step makes no y: tr(y t) = sum of y * t.
Var root_trace(Var a) {
    require(a.shape().rank() == 2 && a.shape()[0] == a.shape()[1], "root_trace: was given {}, expected a square matrix",
            to_string(a.shape()));
    const std::int64_t C = a.shape()[0];
    Var norm = sqrt(sum_squares(a));
    Var y = divide(a, norm), z = y;
    double l = smallest_root;
    for (int step = 0;; ++step) {
        const double r = std::sqrt(3 / (1 + l + l * l));
        l = r / 2 * l * (3 - r * r * l * l);
        Var product = step == 0 ? y : matmul(z, y);
        Var t = subtract(diagonal(a, C, 1.5 * r), scale(product, r * r * r / 2));
        if (step + 1 == root_steps) return multiply(sqrt(norm), dot(y, t));
        y = matmul(y, t);
        z = step == 0 ? t : matmul(t, z);
    }
}

// Cholesky's, column by column, the largest variance that is left first: then no other entry that is left is larger,
// but for the rounding of the Gram matrix, which would grow from column to column in another order. What is left below
// the little that was added is rounding.
Tensor root_of_covariance(const Style& style) {
    const auto gram = style.gram.values<double>(), mean = style.mean.values<double>();
    const std::size_t C = mean.size();
    std::vector<double> left(C * C);
    for (std::size_t i = 0; i < C; ++i)
        for (std::size_t j = 0; j < C; ++j)
            left[i * C + j] = gram[i * C + j] - mean[i] * mean[j] + (i == j ? wasserstein_little : 0);
    std::vector<std::size_t> rows(C);  // that are left
    std::iota(rows.begin(), rows.end(), std::size_t{0});
    Tensor root = zeros(style.gram.spec());
    const auto L = root.values_to_write<double>();
    while (!rows.empty()) {
        const auto largest = std::ranges::max_element(rows, {}, [&](std::size_t i) { return left[i * C + i]; });
        const std::size_t p = *largest, column = C - rows.size();
        const double pivot = left[p * C + p];
        if (pivot < 0.999 * wasserstein_little) break;
        rows.erase(largest);
        L[p * C + column] = std::sqrt(pivot);
        for (const std::size_t i : rows) L[i * C + column] = left[i * C + p] / std::sqrt(pivot);
        for (const std::size_t i : rows)
            for (const std::size_t j : rows) left[i * C + j] -= L[i * C + column] * L[j * C + column];
    }
    for (std::size_t n = 0; n < rows.size(); ++n) L[rows[n] * C + C - rows.size() + n] = std::sqrt(wasserstein_little);
    return root;
}

Var wasserstein(Var mean, Var covariance, const Style& target, const Tensor& root) {
    const std::int64_t C = target.mean.shape()[0];
    Tensor variances = zeros(Spec(Shape{1}, DType::f64));  // tr S0 = |L|^2
    for (const double v : root.values<double>()) variances.values_to_write<double>()[0] += v * v;
    Var S = add(covariance, diagonal(mean, C, wasserstein_little)), L = leaf_like(mean, root);
    Var between = root_trace(matmul(matmul(L, S, {.transpose_a = true}), L));
    Var spread = add(subtract(trace(S), scale(between, 2)), leaf_like(mean, variances));
    return scale(add(sum_squares(subtract(mean, leaf_like(mean, target.mean))), spread), 1 / static_cast<double>(C));
}

}  // namespace gradus
