#include "engine/dot.h"

#include <doctest/doctest.h>

#include "ops/relu.h"
#include "tests/error.h"

using namespace gradus;

TEST_SUITE("dot") {
    TEST_CASE("draws what the outputs need, and nothing else") {
        Graph g;
        const Var x = g.leaf(Tensor({1, 2}, {1.0f, -1.0f}), "x");
        const Var y = relu(x);
        relu(y);  // nobody asks for it
        g.name(y, "the \"positive\" part");
        CHECK(dot(g, {y}) ==
              "digraph {\n"
              "  node [fontname=\"sans-serif\", fontsize=10, style=filled, color=\"#555555\"]\n"
              "  leaf0 [shape=ellipse, fillcolor=\"#eeeeee\", label=\"x\\n(1, 2)\"]\n"
              "  op0 [shape=box, fillcolor=\"#d6e6f5\", penwidth=3, label=\"the \\\"positive\\\" part\\nrelu\\n(1, "
              "2)\"]\n"
              "  leaf0 -> op0\n"
              "}\n");
    }
    TEST_CASE("tells the backward pass from the forward pass") {
        Graph g;
        const Var x = g.leaf(Tensor({1}, {1.0f}));
        const Var y = relu(x);
        const std::size_t forward = g.nodes().size();
        const Var dx = grad(y, {x})[0];
        const std::string text = dot(g, {y, dx}, forward);
        CHECK(test::has(text, "op0 [shape=box, fillcolor=\"#d6e6f5\""));
        CHECK(test::has(text, "fillcolor=\"#f8dcc8\", penwidth=3, label=\"relu_backward"));
    }
    TEST_CASE("refuses an output of another graph") {
        Graph a, b;
        CHECK_ERROR(dot(a, {b.number(1)}), "dot: an output belongs to another graph");
    }
}
