#include "ops/conv2d.h"

#include <algorithm>

#include "ops/relu.h"
#include "tests/cases/conv2d.h"
#include "tests/check.h"

using namespace gradus;

namespace {

Shape bias_of(const Shape& w) { return {w[0]}; }

/// Over taps and channels forward, taps and filters for the input gradient, pixels for the weight gradient.
double longest_sum(const cases::Conv2dCase& c) {
    const std::int64_t taps = c.w[2] * c.w[3];
    return static_cast<double>(std::max({taps * c.w[1], taps * c.w[0], c.x.pixels()}));
}

test::OpCase case_of(const cases::Conv2dCase& c) {
    return {.name = "conv2d " + c.name,
            .shapes = {c.x, c.w, bias_of(c.w)},
            .f = [c](const std::vector<Var>& in) { return conv2d(in[0], in[1], in[2], c.options); },
            .sum_length = longest_sum(c),
            .slack = 3,
            .differentiable = {0, 1, 2},
            // Of a gradient that is one number, the sum of two that nearly cancel keeps few bits in bf16.
            .bf16 = c.x.size() > 1};
}

}  // namespace

TEST_SUITE("conv2d") {
    TEST_CASE("every kernel agrees with the reference, and the gradients with differences") {
        for (const cases::Conv2dCase& c : cases::conv2d())
            if (!c.real) test::check_op(case_of(c));
    }
    TEST_CASE("with a ReLU behind it and a ReLU before it, fused or not") {
        for (const cases::Conv2dCase& c : cases::conv2d()) {
            if (c.real) continue;
            test::OpCase o = case_of(c);
            o.name += " with relu";
            o.kink = 0.05;
            o.bf16 = false;  // a mask that flips where bf16 rounds to zero is no error
            o.f = [c](const std::vector<Var>& in) { return relu(conv2d(relu(in[0]), in[1], in[2], c.options)); };
            test::check_op(o);
        }
    }
    TEST_CASE("what does not fit is refused") {
        Graph g;
        const auto t = [&](Shape s) { return g.leaf(Tensor(Spec(std::move(s)))); };
        test::check_refuses(
            [&] {
                conv2d(t({1, 8, 8, 3}), t({4, 5, 3, 3}));
            },
            "x has 3 channels, the filters (4, 5, 3, 3) expect 5");
        test::check_refuses([&] { conv2d(t({1, 2, 2, 3}), t({4, 3, 5, 5})); }, "does not fit into 2x2");
        test::check_refuses(
            [&] {
                conv2d(t({1, 8, 8, 3}), t({4, 3, 3, 3}), t({5}));
            },
            "the bias has shape (5), expected (4)");
        test::check_refuses([&] { conv2d(t({1, 8, 8, 4}), t({4, 2, 3, 3}), {}, {.groups = 3}); }, "3 groups");
        test::check_refuses([&] { conv2d(t({1, 8, 8, 4}), t({4, 4, 3, 3}), {}, {.stride = 0}); }, "stride (0, 0)");
    }
}
