#include "ops/total_variation.h"

#include "ops/slice_channels.h"
#include "tests/check.h"
#include "tests/npy.h"

using namespace gradus;

namespace {

const std::vector<TvOptions>& forms() {
    static const std::vector<TvOptions> all = {{TvKind::squared},   {TvKind::l1},      {TvKind::beta, 1},
                                               {TvKind::beta, 1.5}, {TvKind::beta, 2}, {TvKind::beta, 3},
                                               {TvKind::nine_point}};
    return all;
}

std::string name(const TvOptions& o) {
    return o.kind == TvKind::squared      ? "squared"
           : o.kind == TvKind::l1         ? "l1"
           : o.kind == TvKind::nine_point ? "nine points"
                                          : "beta " + std::to_string(o.beta);
}

/// A steep ramp under the noise: no two neighbors are equal, and v stays above its floor.
void ramp(const Shape& shape, std::vector<float>& values) {
    for (std::size_t i = 0; i < values.size(); ++i) {
        const auto pixel = static_cast<std::int64_t>(i) / shape[3];
        values[i] += static_cast<float>(3 * (pixel % shape[2]) + 5 * (pixel / shape[2] % shape[1])) * 0.75f;
    }
}

}  // namespace

TEST_SUITE("total_variation") {
    TEST_CASE("by hand") {
        // 0 1
        // 2 4
        Graph g;
        Var x = g.leaf(Tensor({1, 2, 2, 1}, {0, 1, 2, 4}));
        CHECK(value(total_variation(x, {TvKind::squared})).values<float>()[0] ==
              2.5f);                                                             // (1 + 4) / 2: one pixel has both
        CHECK(value(total_variation(x, {TvKind::l1})).values<float>()[0] == 8);  // 1 + 2 + 2 + 3
        CHECK(value(total_variation(x, {TvKind::beta, 2})).values<float>()[0] == 18);  // 5 + 9 + 4
        // right 1, 2 and twice 0, down 2, 3 and 0s; diagonals 4 inside, 1 and 2 past the rows, 2 and 3 past the
        // columns, and 0s; antidiagonals 1 (of 2 and 1), and the same
        CHECK(value(total_variation(x, {TvKind::nine_point})).values<float>()[0] ==
              doctest::Approx(2 * (5.0 / 4 / 3 + 13.0 / 4 / 3 + (16 + 18) / 9.0 / 12 + (1 + 18) / 9.0 / 12)));
    }
    TEST_CASE("agrees with PyTorch and NumPy") {
        for (const auto& [file, options] :
             {std::pair{"op_tv_squared", TvOptions{TvKind::squared}}, std::pair{"op_tv_l1", TvOptions{TvKind::l1}},
              std::pair{"op_tv_beta", TvOptions{TvKind::beta, 1.5}}}) {
            const std::string stem = file;
            CAPTURE(stem);
            const auto r = static_cast<float>(test::golden(stem + "_r").values<double>()[0]);
            for (const auto& [dtype, tolerance] : {std::pair{DType::f64, 1e-7}, std::pair{DType::f32, 2e-6}}) {
                Graph g;
                Var x = g.leaf(test::golden(stem + "_x").to(dtype));
                Var y = total_variation(x, options);
                CHECK(test::relative_error(value(y), test::golden(stem + "_y")) < tolerance);
                const Tensor dx = value(grad(test::weighted_sum(y, {r}), {x})[0]);
                CHECK(test::relative_error(dx, test::golden(stem + "_dx")) < tolerance);
            }
        }
    }
    TEST_CASE("every kernel agrees with the reference, and the gradient with differences") {
        for (const TvOptions& options : forms())
            for (const Shape& shape : {Shape{1, 1, 1, 1}, Shape{1, 1, 5, 2}, Shape{1, 5, 1, 2}, Shape{2, 6, 7, 3},
                                       Shape{1, 16, 17, 3}, Shape{1, 3, 4, 17}})
                test::check_op({.name = name(options) + " " + to_string(shape),
                                .shapes = {shape},
                                .f = [&](const std::vector<Var>& in) { return total_variation(in[0], options); },
                                .sum_length = 4000,  // differences of numbers up to 20 times their size
                                .adjust = [&](std::vector<float>& v, std::size_t) { ramp(shape, v); },
                                .bf16 = false});
    }
    TEST_CASE("slices of wider tensors") {
        for (const TvOptions& options : forms())
            test::check_op(
                {.name = name(options) + " of a slice",
                 .shapes = {{2, 6, 7, 5}},
                 .f = [&](const std::vector<Var>& in) { return total_variation(slice_channels(in[0], 1, 3), options); },
                 .sum_length = 4000,
                 .adjust =
                     [](std::vector<float>& v, std::size_t) {
                         ramp({2, 6, 7, 5}, v);
                     },
                 .bf16 = false});
    }
    TEST_CASE("a flat picture has no gradient, whatever the form") {
        for (const TvOptions& options : forms()) {
            Graph g;
            Var x = g.leaf(Tensor({1, 3, 3, 1}, {2, 2, 2, 2, 2, 2, 2, 2, 2}));
            Var y = total_variation(x, options);
            CHECK(value(y).values<float>()[0] == 0);
            const Tensor dx = value(grad(y, {x})[0]);
            for (const float d : dx.values<float>()) CHECK(d == 0);
        }
    }
    TEST_CASE("refuses what it cannot read") {
        Graph g;
        test::check_refuses([&] { total_variation(g.leaf(test::noise_tensor({3, 3}))); }, "expected (N,H,W,C)");
        Var x = g.leaf(test::noise_tensor({1, 3, 3, 1}));
        test::check_refuses([&] { total_variation(x, {TvKind::beta, 0}); }, "total_variation: beta is 0");
    }
}
