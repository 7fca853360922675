#include "engine/graph.h"
#include "engine/require.h"

namespace gradus {
namespace {

std::size_t at(int id) { return static_cast<std::size_t>(id); }

/// Marks every value that depends on one of `wrt` and was recorded no later than `last`.
std::vector<char> dependents(const Graph& graph, const std::vector<Var>& wrt, int last) {
    std::vector<char> marked(at(graph.size()), 0);
    for (const Var v : wrt) marked[at(v.id)] = 1;
    for (const Node& node : graph.nodes()) {
        if (node.out.empty() || node.out[0] > last) continue;
        char depends = 0;
        for (const int in : node.in) depends |= marked[at(in)];
        for (const int out : node.out) marked[at(out)] |= depends;
    }
    return marked;
}

}  // namespace

std::vector<Var> grad(Var y, const std::vector<Var>& wrt) {
    Graph& graph = *y.graph;
    require(y.shape().size() == 1, "grad: asked for the gradient of a value of shape {}, expected one number",
            to_string(y.shape()));
    for (const Var v : wrt) {
        require(v.graph == &graph, "grad: asked for the gradient with respect to a value of another graph");
        require(v.id <= y.id, "grad: asked for the gradient with respect to a value that was recorded after the loss");
    }
    const std::vector<char> marked = dependents(graph, wrt, y.id);
    std::vector<std::optional<Var>> gradient(at(graph.size()));

    const Tensor one = Tensor(y.shape(), {1.0f}).to(y.dtype());
    gradient[at(y.id)] = graph.leaf(one);

    // Backwards over the tape as it was when we came: what we append are gradients of gradients, which nobody asked
    // for.
    const int last = graph.value(y.id).node;
    for (int n = last; n >= 0; --n) {
        const Node node = graph.nodes()[at(n)];  // a copy: appending moves the nodes
        std::vector<Var> in, out;
        std::vector<std::optional<Var>> d_out;
        std::vector<char> wanted;
        bool reached = false, useful = false;
        for (const int id : node.out) {
            out.push_back({&graph, id});
            d_out.push_back(gradient[at(id)]);
            reached |= gradient[at(id)].has_value();
        }
        for (const int id : node.in) {
            in.push_back({&graph, id});
            wanted.push_back(marked[at(id)]);
            useful |= marked[at(id)] != 0;
        }
        if (!reached || !useful) continue;
        require(static_cast<bool>(node.op->vjp), "grad: {} has no gradient", node.op->name);
        const Gradients parts = node.op->vjp({in, out, d_out, wanted, *node.attrs});
        for (std::size_t i = 0; i < in.size(); ++i) {
            if (!wanted[i] || i >= parts.size() || !parts[i]) continue;
            std::optional<Var>& total = gradient[at(in[i].id)];
            total = total ? add(*total, *parts[i]) : *parts[i];
        }
    }

    std::vector<Var> result;
    for (const Var v : wrt) {
        require(gradient[at(v.id)].has_value(),
                "grad: the loss does not depend on a value it was to be differentiated by ({} {})",
                graph.value(v.id).name, to_string(v.spec()));
        result.push_back(*gradient[at(v.id)]);
    }
    return result;
}

}  // namespace gradus
