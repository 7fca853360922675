#include <cmath>

#include "engine/graph.h"
#include "ops/arithmetic.h"
#include "ops/pointwise.h"
#include "ops/reduce.h"
#include "ops/relu.h"
#include "tests/check.h"

using namespace gradus;

namespace {

float first(Var v) { return value(v).values<float>()[0]; }

bool records(const Graph& g, const std::string& op) {
    for (const Node& node : g.nodes())
        if (node.op->name == op) return true;
    return false;
}

}  // namespace

TEST_SUITE("grad") {
    TEST_CASE("gradients of two readers add up, however they are reached") {
        Graph g;
        Var x = g.number(3);
        Var y = add(scale(x, 2), multiply(x, x));  // 2x + x^2
        CHECK(first(grad(y, {x})[0]) == 8);
        CHECK(first(grad(add(x, x), {x})[0]) == 2);
        Var z = add(add(x, relu(x)), scale(x, -5));
        CHECK(first(grad(z, {x})[0]) == -3);
    }
    TEST_CASE("stops at what was asked for") {
        Graph g;
        Var x = g.number(3), h = exp(x), y = scale(h, 2);
        const std::size_t before = g.nodes().size();
        CHECK(first(grad(y, {h})[0]) == 2);
        CHECK(g.nodes().size() == before + 1);
        CHECK_FALSE(records(g, "exp_backward"));
        const auto both = grad(y, {x, h});
        CHECK(first(both[0]) == doctest::Approx(2 * std::exp(3.0)));
        CHECK(first(both[1]) == 2);
    }
    TEST_CASE("builds nothing for an input that nobody asked for") {
        Graph g;
        Var x = g.leaf(test::noise_tensor({2, 3})), w = g.leaf(test::noise_tensor({3}));
        grad(sum(multiply(x, w)), {x});
        CHECK_FALSE(records(g, "channel_sums"));
        grad(sum(multiply(x, w)), {w});
        CHECK(records(g, "channel_sums"));
    }
    TEST_CASE("of the loss itself it is 1") {
        Graph g;
        Var x = g.number(3), y = exp(x);
        CHECK(first(grad(y, {y})[0]) == 1);
        CHECK(first(grad(x, {x})[0]) == 1);
    }
    TEST_CASE("can be recorded on top of a gradient, once more for another loss") {
        Graph g;
        Var x = g.number(3), y = multiply(x, x);
        CHECK(first(grad(y, {x})[0]) == 6);
        CHECK(first(grad(scale(y, 2), {x})[0]) == 12);
    }
    TEST_CASE("refuses what has no gradient") {
        Graph g, other;
        Var x = g.number(3), y = exp(x), late = g.number(1), unrelated = g.number(2);
        test::check_refuses([&] { grad(g.leaf(test::noise_tensor({2})), {x}); },
                            "value of shape (2), expected one number");
        test::check_refuses([&] { grad(y, {late}); }, "recorded after the loss");
        test::check_refuses([&] { grad(y, {other.number(1)}); }, "of another graph");
        test::check_refuses([&] { grad(exp(x), {unrelated}); }, "does not depend on");
        static const Op blind{.name = "blind", .infer = [](const Problem& p) { return p.in; }};
        test::check_refuses([&] { grad(call(blind, {x}), {x}); }, "grad: blind has no gradient");
        // Off the path to what is asked for, it does not matter.
        CHECK_NOTHROW(grad(add(call(blind, {x}), unrelated), {unrelated}));
    }
    TEST_CASE("what a value is stays where it is while more is recorded") {
        Graph g;
        Var x = g.number(1);
        const Spec* before = &x.spec();
        for (int i = 0; i < 1000; ++i) scale(x, 2);
        CHECK(&x.spec() == before);
        CHECK(before->shape == Shape{1});
    }
    TEST_CASE("inputs of one call belong to one graph, and leaves have values") {
        Graph g, other;
        test::check_refuses([&] { add(g.number(1), other.number(2)); }, "add: an input belongs to another graph");
        test::check_refuses([&] { g.leaf(Tensor()); }, "graph: a leaf was given no tensor");
        test::check_refuses([&] { add(g.number(1), g.leaf(test::noise_tensor({2}))); },
                            "add: was given f32 (1) and f32 (2)");
    }
}
