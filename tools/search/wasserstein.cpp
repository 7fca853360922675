#include "tools/search/wasserstein.h"

#include <algorithm>
#include <cmath>

#include "engine/require.h"
#include "ops/arithmetic.h"
#include "ops/matmul.h"
#include "ops/optimizer_step.h"
#include "ops/pointwise.h"
#include "ops/reduce.h"
#include "ops/reshape.h"
#include "tools/search/like.h"

namespace gradus {
namespace {

constexpr double smallest_root = 1.0 / 400;  // over that of the norm: see root_trace
constexpr int root_steps = 10;

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

// Row by row. A pivot is at least the little that was added, but for the rounding of the Gram matrix.
Tensor root_of_covariance(const Style& style) {
    const auto gram = style.gram.values<double>(), mean = style.mean.values<double>();
    const std::size_t C = mean.size();
    Tensor root = zeros(style.gram.spec());
    const auto L = root.values_to_write<double>();
    for (std::size_t i = 0; i < C; ++i)
        for (std::size_t j = 0; j <= i; ++j) {
            double left = gram[i * C + j] - mean[i] * mean[j] + (i == j ? wasserstein_little : 0);
            for (std::size_t k = 0; k < j; ++k) left -= L[i * C + k] * L[j * C + k];
            L[i * C + j] = i == j ? std::sqrt(std::max(left, wasserstein_little)) : left / L[j * C + j];
        }
    return root;
}

Var wasserstein(const RecordedStyle& mine, const Style& target, const Tensor& root) {
    const std::int64_t C = target.mean.shape()[0];
    Tensor variances = zeros(Spec(Shape{1}, DType::f64));  // tr S0 = |L|^2
    for (const double v : root.values<double>()) variances.values_to_write<double>()[0] += v * v;
    Var column = reshape(mine.mean, {C, 1});
    Var covariance = add(subtract(reshape(mine.gram, {C, C}), matmul(column, column, {.transpose_b = true})),
                         diagonal(mine.mean, C, wasserstein_little));
    Var L = leaf_like(mine.mean, root);
    Var between = root_trace(matmul(matmul(L, covariance, {.transpose_a = true}), L));
    Var means = sum_squares(subtract(mine.mean, leaf_like(mine.mean, target.mean)));
    Var spread = add(subtract(trace(covariance), scale(between, 2)), leaf_like(mine.mean, variances));
    return scale(add(means, spread), 1 / static_cast<double>(C));
}

}  // namespace gradus
