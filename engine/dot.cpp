#include "engine/dot.h"

#include <algorithm>

#include "engine/require.h"

namespace gradus {
namespace {

std::size_t at(int i) { return static_cast<std::size_t>(i); }

/// Which values the outputs need, and which nodes make them.
struct Live {
    std::vector<char> values, nodes;

    Live(const Graph& graph, const std::vector<Var>& outputs) : values(at(graph.size())), nodes(graph.nodes().size()) {
        for (const Var v : outputs) {
            require(v.graph == &graph && v.id >= 0 && v.id < graph.size(), "dot: an output belongs to another graph");
            values[at(v.id)] = 1;
        }
        for (std::size_t n = nodes.size(); n-- > 0;) {
            const Node& node = graph.nodes()[n];
            nodes[n] = std::ranges::any_of(node.out, [&](int out) { return values[at(out)] != 0; });
            if (nodes[n])
                for (const int in : node.in) values[at(in)] = 1;
        }
    }
};

std::string label(const std::string& op, const Value& value) {
    std::string text;
    for (const std::string& line : {value.name, op})
        if (!line.empty()) text += line + "\n";
    return dot_quoted(text + to_string(value.spec.shape));
}

std::string source(const Graph& graph, int id) {
    const int node = graph.value(id).node;
    return node < 0 ? fmt::format("leaf{}", id) : fmt::format("op{}", node);
}

}  // namespace

std::string dot_quoted(const std::string& text) {
    std::string quoted = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') quoted += '\\';
        if (c == '\n')
            quoted += "\\n";
        else
            quoted += c;
    }
    return quoted + '"';
}

std::string dot(const Graph& graph, const std::vector<Var>& outputs, std::size_t first_backward) {
    const Live live(graph, outputs);
    std::string text = "digraph {\n  node [fontname=\"sans-serif\", fontsize=10, style=filled, color=\"#555555\"]\n";
    for (int id = 0; id < graph.size(); ++id)
        if (live.values[at(id)] && graph.value(id).node < 0)
            text += fmt::format("  leaf{} [shape=ellipse, fillcolor=\"#eeeeee\", label={}]\n", id,
                                label("", graph.value(id)));
    for (std::size_t n = 0; n < graph.nodes().size(); ++n) {
        if (!live.nodes[n]) continue;
        const Node& node = graph.nodes()[n];
        const bool asked =
            std::ranges::any_of(outputs, [&](Var v) { return graph.value(v.id).node == static_cast<int>(n); });
        text += fmt::format("  op{} [shape=box, fillcolor=\"{}\"{}, label={}]\n", n,
                            n < first_backward ? "#d6e6f5" : "#f8dcc8", asked ? ", penwidth=3" : "",
                            label(node.op->name, graph.value(node.out[0])));
        for (const int in : node.in) text += fmt::format("  {} -> op{}\n", source(graph, in), n);
    }
    return text + "}\n";
}

}  // namespace gradus
