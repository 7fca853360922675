#include "ops/concat.h"

#include "ops/relu.h"
#include "tests/check.h"

using namespace gradus;

namespace {

/// How often an op runs in the plan, and how often it was done some other way.
int runs(const Plan& plan, const std::string& op) {
    int n = 0;
    for (const StepReport& step : plan.report()) n += step.op == op;
    return n;
}

std::vector<std::string> ways(const Plan& plan, const std::string& op) {
    std::vector<std::string> all;
    for (const StepReport& step : plan.report(true))
        if (step.op == op) all.push_back(step.how);
    return all;
}

/// Four branches, each its own ReLU of the picture, as in an inception block.
struct Branches {
    Graph g;
    Var x = g.leaf(test::noise_tensor({1, 5, 4, 3}));
    std::vector<Var> parts;

    Branches() {
        for (unsigned i = 0; i < 4; ++i)
            parts.push_back(relu(add(x, g.leaf(test::noise_tensor({1, 5, 4, 3}, 10 + i)))));
    }
    /// What belongs at channel c of pixel i.
    float expected(std::size_t i, std::size_t c) const {
        const Tensor other = g.value(0).leaf,
                     shift = test::noise_tensor({1, 5, 4, 3}, 10 + static_cast<unsigned>(c / 3));
        const float sum = other.values<float>()[i * 3 + c % 3] + shift.values<float>()[i * 3 + c % 3];
        return sum > 0 ? sum : 0;
    }
};

}  // namespace

TEST_SUITE("concat") {
    TEST_CASE("puts the channels side by side") {
        Graph g;
        const Tensor y =
            value(concat({g.leaf(Tensor({1, 2, 1, 1}, {1, 2})), g.leaf(Tensor({1, 2, 1, 2}, {3, 4, 5, 6}))}));
        CHECK(y.shape() == Shape{1, 2, 1, 3});
        const float expected[] = {1, 3, 4, 2, 5, 6};
        for (std::size_t i = 0; i < 6; ++i) CHECK(y.values<float>()[i] == expected[i]);
    }
    TEST_CASE("every kernel agrees with the reference, and the gradient with differences") {
        test::check_op({.name = "concat of inputs",
                        .shapes = {{2, 3, 4, 5}, {2, 3, 4, 1}, {2, 3, 4, 17}},
                        .f = [](const std::vector<Var>& in) { return concat(in); },
                        .differentiable = {0, 1, 2},
                        .bf16 = false});
        test::check_op({.name = "concat of branches",
                        .shapes = {{1, 9, 7, 24}},
                        .f =
                            [](const std::vector<Var>& in) {
                                return concat({relu(in[0]), add(in[0], in[0]), in[0], add(relu(in[0]), in[0])});
                            },
                        .kink = 0.05});
        test::check_op({.name = "concat of one part twice",
                        .shapes = {{2, 2, 2, 3}},
                        .f =
                            [](const std::vector<Var>& in) {
                                const Var a = relu(in[0]);
                                return concat({a, a});
                            },
                        .kink = 0.05});
    }
    TEST_CASE("four branches write where they go, and nothing is copied") {
        Branches b;
        const Var y = concat(b.parts);
        Plan plan(b.g, {y});
        CHECK(plan.memory().arena == 20 * 12 * sizeof(float));
        plan.poison();
        plan.run();
        const Tensor got = plan.read(y);
        for (std::size_t i = 0; i < 20; ++i)
            for (std::size_t c = 0; c < 12; ++c) CHECK(got.values<float>()[i * 12 + c] == b.expected(i, c));
    }
    TEST_CASE("a branch that was asked for stays intact, and so does the concatenation") {
        Branches b;
        const Var y = concat(b.parts), after = relu(add(y, y));
        Plan plan(b.g, {b.parts[1], y, after, b.parts[3]});
        plan.poison();
        plan.run();
        const Tensor whole = plan.read(y), second = plan.read(b.parts[1]), last = plan.read(after);
        for (std::size_t i = 0; i < 20; ++i)
            for (std::size_t c = 0; c < 12; ++c) {
                CHECK(whole.values<float>()[i * 12 + c] == b.expected(i, c));
                CHECK(last.values<float>()[i * 12 + c] == 2 * b.expected(i, c));
                if (c / 3 == 1) CHECK(second.values<float>()[i * 3 + c % 3] == b.expected(i, c));
            }
    }
    TEST_CASE("a part that goes into two concatenations is copied into one of them") {
        Branches b;
        const Var left = concat({b.parts[0], b.parts[1]}), right = concat({b.parts[2], b.parts[0]});
        Plan plan(b.g, {left, right});
        plan.poison();
        plan.run();
        const Tensor l = plan.read(left), r = plan.read(right);
        for (std::size_t i = 0; i < 20; ++i)
            for (std::size_t c = 0; c < 3; ++c) {
                CHECK(l.values<float>()[i * 6 + c] == b.expected(i, c));
                CHECK(l.values<float>()[i * 6 + 3 + c] == b.expected(i, 3 + c));
                CHECK(r.values<float>()[i * 6 + c] == b.expected(i, 6 + c));
                CHECK(r.values<float>()[i * 6 + 3 + c] == b.expected(i, c));
            }
    }
    TEST_CASE("gradients of branches are views of the gradient") {
        Branches b;
        const Var dx = grad(test::project(concat(b.parts)), {b.x})[0];
        Plan plan(b.g, {dx});
        CHECK(runs(plan, "slice_channels") == 0);
        CHECK(ways(plan, "slice_channels") == std::vector<std::string>(4, "view"));
    }
    TEST_CASE("refuses parts that do not fit together") {
        Graph g;
        const Var x = g.leaf(test::noise_tensor({1, 2, 2, 3}));
        test::check_refuses([&] { concat({}); }, "was given no parts");
        test::check_refuses(
            [&] {
                concat({x, g.leaf(test::noise_tensor({1, 2, 3, 3}))});
            },
            "f32 (1, 2, 2, 3) and f32 (1, 2, 3, 3)");
        test::check_refuses(
            [&] {
                concat({x, g.leaf(test::noise_tensor({1, 2, 2, 3}, 1, DType::bf16))});
            },
            "the same type");
        test::check_refuses([&] { concat({x, g.leaf(test::noise_tensor({4, 3}))}); }, "the same extents");
    }
}
