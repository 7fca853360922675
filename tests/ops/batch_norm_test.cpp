#include "ops/batch_norm.h"

#include <fmt/format.h>

#include <cmath>

#include "ops/arithmetic.h"
#include "ops/relu.h"
#include "ops/slice_channels.h"
#include "tests/check.h"

using namespace gradus;

namespace {

Var normalized(const std::vector<Var>& in, const BatchNorm& how) {
    return batch_norm(in[0], channel_moments(in[0]), in[1], in[2], how);
}

}  // namespace

TEST_SUITE("batch_norm") {
    TEST_CASE("moments are means and variances") {
        Graph g;
        const Tensor y = value(channel_moments(g.leaf(Tensor({2, 2, 2}, {1, 5, 2, 5, 3, 5, 6, 5}))));
        CHECK(y.shape() == Shape{2, 2});
        const float expected[] = {3, 5, 3.5f, 0};
        for (std::size_t i = 0; i < 4; ++i) CHECK(y.values<float>()[i] == expected[i]);
    }
    TEST_CASE("neither a mean far from 0 nor a pixel far from all others costs the variance digits") {
        const std::size_t pixels = 4000;
        Tensor x = test::noise_tensor({4000, 3});
        auto values = x.values_to_write<float>();
        for (std::size_t i = 0; i < pixels; ++i) values[3 * i] += 3000;
        values[1] = 20;
        values[3 * (pixels - 1) + 2] = -20;
        double mean[3] = {}, variance[3] = {};
        for (std::size_t i = 0; i < 3 * pixels; ++i) mean[i % 3] += static_cast<double>(values[i]) / pixels;
        for (std::size_t i = 0; i < 3 * pixels; ++i)
            variance[i % 3] += std::pow(static_cast<double>(values[i]) - mean[i % 3], 2) / pixels;
        Graph g;
        const Tensor moments = value(channel_moments(g.leaf(x)));
        for (std::size_t c = 0; c < 3; ++c) {
            CAPTURE(c);
            CHECK(std::abs(static_cast<double>(moments.values<float>()[c]) / mean[c] - 1) <= 1e-6);
            CHECK(std::abs(static_cast<double>(moments.values<float>()[3 + c]) / variance[c] - 1) <= 1e-6);
        }
    }
    TEST_CASE("a channel gets the mean beta and the deviation gamma, whatever it had") {
        Graph g;
        Tensor x = test::noise_tensor({4, 6, 5, 3});
        for (float& v : x.values_to_write<float>()) v = 100 + 20 * v;
        const Var gamma = g.leaf(Tensor({3}, {1, 2, -3})), beta = g.leaf(Tensor({3}, {0, 5, 7}));
        const Tensor moments = value(channel_moments(normalized({g.leaf(x), gamma, beta}, {})));
        const float mean[] = {0, 5, 7}, deviation[] = {1, 2, 3};
        for (std::size_t c = 0; c < 3; ++c) {
            CHECK(std::abs(moments.values<float>()[c] - mean[c]) <= 1e-4f);
            CHECK(std::abs(std::sqrt(moments.values<float>()[3 + c]) - deviation[c]) <= 1e-4f);
        }
    }
    TEST_CASE("every kernel agrees with the reference, and the gradient with differences") {
        // Few channels and many, more than a table's 256 or a group's 128, several blocks of pixels.
        for (const Shape& shape : {Shape{7, 1}, Shape{2, 3, 4, 5}, Shape{1, 9, 9, 64}, Shape{50, 300}, Shape{61, 264},
                                   Shape{70, 130}, Shape{5000, 8}, Shape{2, 30, 40, 48}})
            for (const bool relu : {false, true}) {
                const auto C = shape.channels();
                test::check_op({.name = fmt::format("batch_norm {}{}", to_string(shape), relu ? " with ReLU" : ""),
                                .shapes = {shape, {C}, {C}},
                                .f = [relu](const auto& in) { return normalized(in, {.options = {.relu = relu}}); },
                                .sum_length = static_cast<double>(shape.size()) / static_cast<double>(C),
                                .differentiable = {0, 1, 2},
                                .bf16 = shape.size() > 100});  // the sum of a few rounded gradients may be nearly 0
            }
    }
    TEST_CASE("takes channels of a wider tensor") {
        struct Part {
            int wide, first, count;
        };
        for (const Part& part : {Part{12, 4, 5}, {24, 8, 8}, {32, 8, 16}})
            test::check_op(
                {.name = fmt::format("batch_norm of {} channels of {}", part.count, part.wide),
                 .shapes = {{300, part.wide}, {part.count}, {part.count}},
                 .f =
                     [part](const auto& in) {
                         return normalized({slice_channels(in[0], part.first, part.count), in[1], in[2]}, {});
                     },
                 .sum_length = 300,
                 .differentiable = {0, 1, 2}});
    }
    TEST_CASE("with its ReLU it is what it is with one behind it") {
        Graph g;
        const Var x = g.leaf(test::noise_tensor({3, 8, 7, 16})), gamma = g.leaf(test::noise_tensor({16}, 2)),
                  beta = g.leaf(test::noise_tensor({16}, 3));
        const Var one = normalized({x, gamma, beta}, {.options = {.relu = true}}),
                  two = relu(normalized({x, gamma, beta}, {}));
        Plan plan(g, {one, two, grad(test::project(one), {x})[0], grad(test::project(two), {x})[0]});
        plan.run();
        CHECK(test::relative_error(plan.read(one), plan.read(two)) == 0);
    }
    TEST_CASE("half of a batch, told the means of the whole, has the gradient that it has in the whole") {
        const Tensor x = test::noise_tensor({80, 6}), gamma = test::noise_tensor({6}, 2),
                     beta = test::noise_tensor({6}, 3);
        const std::vector<float> weights = test::noise(80 * 6, 9);
        Graph g;
        const Var in = g.leaf(x), a = g.leaf(gamma), b = g.leaf(beta), moments = channel_moments(in);
        const std::vector<Var> d = grad(test::weighted_sum(batch_norm(in, moments, a, b), weights), {in, a, b});
        Plan whole(g, {moments, d[0], d[1], d[2]});
        whole.run();

        std::vector<float> means;
        for (const Var v : {d[2], d[1]}) {
            const Tensor sums = whole.read(v);
            for (const float sum : sums.values<float>()) means.push_back(sum / 80);
        }
        Graph h;
        const auto first = x.values<float>().first(40 * 6);
        const Var half = h.leaf(Tensor({40, 6}, {first.begin(), first.end()}));
        const BatchNorm how{.shared = [&](Var) { return h.leaf(Tensor({2, 6}, means)); }};
        const Var y = batch_norm(half, h.leaf(whole.read(moments)), h.leaf(gamma), h.leaf(beta), how);
        const Tensor slope = value(grad(test::weighted_sum(y, {weights.begin(), weights.begin() + 40 * 6}), {half})[0]);
        const Tensor in_whole = whole.read(d[0]);
        const auto expected = in_whole.values<float>().first(40 * 6);
        CHECK(test::relative_error(slope, Tensor({40, 6}, {expected.begin(), expected.end()})) <= 1e-6);
    }
    TEST_CASE("refuses what does not fit") {
        Graph g;
        const Var x = g.leaf(test::noise_tensor({4, 3})), three = g.leaf(Tensor({3}, {1, 1, 1}));
        test::check_refuses(
            [&] {
                batch_norm(x, channel_moments(x), three, g.leaf(Tensor({2}, {1, 1})));
            },
            "beta f32 (2), expected (2,3), (3) and (3)");
    }
}
