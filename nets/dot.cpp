#include "engine/dot.h"

#include "engine/require.h"
#include "nets/blank_weights.h"
#include "nets/describe.h"
#include "nets/net.h"
#include "ops/pointwise.h"
#include "ops/reduce.h"

namespace gradus {
namespace {

const char* color(LayerKind kind) {
    switch (kind) {
        case LayerKind::conv:
        case LayerKind::linear:
            return "#d6e6f5";
        case LayerKind::max_pool:
        case LayerKind::avg_pool:
        case LayerKind::global_average:
            return "#f5d6d6";
        case LayerKind::lrn:
            return "#dff0d8";
        case LayerKind::concat:
            return "#e8daf0";
        case LayerKind::relu:
        case LayerKind::scale:
        case LayerKind::softmax:
            return "#f7efd0";
    }
    return "white";
}

}  // namespace

std::string dot(const NetTable& table, int height, int width) {
    std::string text = fmt::format(
        "digraph {{\n  node [shape=box, style=filled, fontname=\"sans-serif\", fontsize=10, color=\"#555555\"]\n"
        "  \"data\" [shape=ellipse, fillcolor=\"#eeeeee\", label=\"data\\n{} x {}\"]\n",
        height, width);
    for (const LayerFacts& layer : describe(table, height, width)) {
        const std::string label = fmt::format("{}\n{} {}", layer.name, to_string(layer.kind), to_string(layer.shape));
        text += fmt::format("  {} [fillcolor=\"{}\", label={}]\n", dot_quoted(layer.name), color(layer.kind),
                            dot_quoted(label));
        for (const std::string& in : table.find(layer.name)->in)
            text += fmt::format("  {} -> {}\n", dot_quoted(in), dot_quoted(layer.name));
    }
    return text + "}\n";
}

std::string dot_with_backward(const NetTable& table, int height, int width, const std::string& layer) {
    const Net net(table, blank_weights());
    Graph graph;
    const auto channels = static_cast<std::int64_t>(table.input.from.size());
    const Var picture = graph.leaf(Tensor(Spec(Shape{1, height, width, channels})), "picture");
    const Var activation = net.record(picture)(layer);
    const Var objective = scale(sum_squares(activation), 0.5 / static_cast<double>(activation.shape().size()));
    const std::size_t first_backward = graph.nodes().size();
    const Var gradient = grad(objective, {picture})[0];
    graph.name(objective, "objective");
    graph.name(gradient, "gradient");
    return dot(graph, {objective, gradient}, first_backward);
}

}  // namespace gradus
