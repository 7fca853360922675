#include "engine/graph.h"

#include "engine/require.h"

namespace gradus {

const Spec& Var::spec() const { return graph->value(id).spec; }

Var Graph::leaf(Tensor values, std::string name) {
    require(static_cast<bool>(values), "graph: a leaf was given no tensor");
    Value value{.spec = values.spec(), .leaf = std::move(values), .name = std::move(name)};
    values_.push_back(std::move(value));
    return {this, size() - 1};
}

Var Graph::number(float value) { return leaf(Tensor(Shape{1}, {value})); }

void Graph::name(Var value, std::string name) { values_[static_cast<std::size_t>(value.id)].name = std::move(name); }

std::vector<Var> Graph::call(const Op& op, std::vector<Var> in, std::any attrs) {
    Node node{.op = &op, .attrs = std::make_shared<const std::any>(std::move(attrs))};
    Problem problem{.attrs = node.attrs.get()};
    for (const Var v : in) {
        require(v.graph == this, "{}: an input belongs to another graph", op.name);
        node.in.push_back(v.id);
        problem.in.push_back(v.spec());
    }
    std::vector<Var> out;
    for (Spec& spec : op.infer(problem)) {
        values_.push_back({.spec = std::move(spec), .node = static_cast<int>(nodes_.size())});
        node.out.push_back(size() - 1);
        out.push_back({this, size() - 1});
    }
    nodes_.push_back(std::move(node));
    return out;
}

Var call(const Op& op, std::vector<Var> in, std::any attrs) {
    Graph& graph = *in.at(0).graph;
    return graph.call(op, std::move(in), std::move(attrs)).at(0);
}

}  // namespace gradus
