// Views and pictures written as waves against an independent implementation, tests/golden/make_view_golden.py:
// PyTorch's grid_sample, and the inverse transform of a complex spectrum.
#include <cmath>

#include "ops/affine_matrix.h"
#include "ops/affine_sample.h"
#include "tests/check.h"
#include "tests/npy.h"
#include "tools/search/noise.h"
#include "tools/search/parametrization.h"
#include "tools/search/transform.h"

using namespace gradus;

namespace {

constexpr int height = 10, width = 8;
constexpr float gray = 0.5f;

/// The picture of the views, so many times.
Tensor pictures(std::int64_t count) {
    Tensor pixels(Spec(Shape{count, height, width, 3}, DType::f64));
    auto to = pixels.values_to_write<double>().begin();
    for (std::int64_t n = 0; n < count; ++n)
        for (int h = 0; h < height; ++h)
            for (int w = 0; w < width; ++w)
                for (int c = 0; c < 3; ++c) *to++ = 0.5 + 0.4 * std::sin(1.3 * h + 0.7 * w * (c + 1) + c + 0.4);
    return pixels;
}

/// sum(r y), with the script's r = number(i, 1).
Var loss_of(Var y) {
    std::vector<float> r(static_cast<std::size_t>(y.shape().size()));
    for (std::size_t i = 0; i < r.size(); ++i) r[i] = (static_cast<float>((7 * i * i + 37 * i + 11) % 127) - 63) / 64;
    return test::weighted_sum(y, r);
}

/// Columns `first` to `first` + `count` of a matrix (N,K), in f32.
Tensor columns(const Tensor& matrix, std::int64_t first, std::int64_t count) {
    std::vector<float> values;
    for (std::int64_t i = 0; i < matrix.shape()[0]; ++i)
        for (std::int64_t j = first; j < first + count; ++j)
            values.push_back(
                static_cast<float>(matrix.values<double>()[static_cast<std::size_t>(i * matrix.shape()[1] + j)]));
    return Tensor(count == 1 ? Shape{matrix.shape()[0]} : Shape{matrix.shape()[0], count}, values);
}

const PlanOptions reference{.kernels = KernelFilter("reference")};

}  // namespace

TEST_SUITE("view goldens") {
    TEST_CASE("the matrix of a turn, a zoom and a shift is the one worked out by hand") {
        const Tensor turns = test::golden("views/views_turns");
        Graph g;
        const Var m = affine_matrix(g.leaf(columns(turns, 0, 1)), g.leaf(columns(turns, 1, 1)),
                                    g.leaf(columns(turns, 2, 2)), height, width, height, width);
        CHECK(test::relative_error(value(m, reference), test::golden("views/views_matrix")) <= 6e-8);  // it is f32
    }
    TEST_CASE("a view is that of grid_sample, forward and backward") {
        const Tensor matrices = test::golden("views/views_matrix").to(DType::f32);
        Graph g;
        const Var x = g.leaf(pictures(matrices.shape()[0]));
        const Var y = affine_sample(x, g.leaf(matrices), height, width, {.fill = gray});
        const Var dx = grad(loss_of(y), {x})[0];
        Plan plan(g, {y, dx}, reference);
        plan.poison();
        plan.run();
        CHECK(test::relative_error(plan.read(y), test::golden("views/views_y")) <= 1e-12);
        CHECK(test::relative_error(plan.read(dx), test::golden("views/views_dx")) <= 1e-12);
    }
    TEST_CASE("robust magnifies about the center, onto gray") {
        const RobustOptions only_smaller{
            .first_jitter = 0, .last_jitter = 0, .scales = {0.9f}, .most_degrees = 0, .upright = 1};
        const Tensor views = test::golden("views/views_y");
        Graph g;
        const Var y = robust(only_smaller).apply(g.leaf(pictures(1)), {.step = g.leaf(whole_number(0))});
        const auto size = y.shape().size();
        Tensor expected(Spec(y.shape(), DType::f64));
        std::ranges::copy(views.values<double>().last(static_cast<std::size_t>(size)),
                          expected.values_to_write<double>().begin());
        CHECK(test::relative_error(value(y, reference), expected) <= 1e-6);  // the matrix is f32
    }
    TEST_CASE("beyond the edge of a mask is black") {
        const RobustOptions smaller{
            .first_jitter = 0, .last_jitter = 0, .scales = {0.9f}, .most_degrees = 0, .upright = 1};
        Graph g;
        const Var white = g.leaf(Tensor({1, 20, 20, 3}, std::vector<float>(1200, 1.0f)));
        for (const bool of_mask : {false, true}) {
            const Draw draw{.step = g.leaf(whole_number(0)), .of_mask = of_mask};
            CHECK(value(robust(smaller).apply(white, draw), reference).values<float>()[0] == (of_mask ? 0.0f : 0.5f));
        }
    }
    TEST_CASE("a shift of robust that is none is refused") {
        for (const float shift : {-1.0f, std::numeric_limits<float>::quiet_NaN()}) {
            test::check_refuses([&] { robust({.first_jitter = shift}); }, "robust: was given a shift of");
            test::check_refuses([&] { robust({.last_jitter = shift}); }, "expected 0 or more");
        }
    }
    TEST_CASE("a picture of waves is that of the complex spectrum, and so is its gradient") {
        for (const std::string size : {"8x6", "5x7", "6x5", "7x4"}) {
            CAPTURE(size);
            const std::string name = "views/fourier_" + size;
            const Tensor numbers = test::golden(name + "_numbers"), expected = test::golden(name + "_picture");
            Graph g;
            const Var n = g.leaf(numbers.to(DType::f32));
            const Var y =
                fourier().picture(n, static_cast<int>(expected.shape()[1]), static_cast<int>(expected.shape()[2]));
            const Var dn = grad(loss_of(y), {n})[0];
            Plan plan(g, {y, dn}, reference);
            plan.poison();
            plan.run();
            CHECK(test::relative_error(plan.read(y), expected) <= 5e-7);
            CHECK(test::relative_error(plan.read(dn), test::golden(name + "_dn")) <= 5e-7);
        }
    }
}
