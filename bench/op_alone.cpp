#include "bench/op_alone.h"

#include <algorithm>

#include "engine/require.h"
#include "ops/random.h"
#include "ops/reduce.h"

namespace gradus::bench {

Tensor noise(const Shape& shape, DType dtype, std::uint64_t seed) {
    Graph g;
    Tensor zero{Spec(Shape{1}, DType::i32)};
    zero.values_to_write<std::int32_t>()[0] = 0;
    return value(random_uniform(shape, {.stream = "bench", .seed = seed, .step = g.leaf(zero)}, -1, 1)).to(dtype);
}

OpAlone::OpAlone(const Graph& graph, std::string_view op, PlanOptions options, bool values)
    : options_(std::move(options)) {
    const auto& nodes = graph.nodes();
    const auto node = std::find_if(nodes.rbegin(), nodes.rend(), [&](const Node& n) { return n.op->name == op; });
    require(node != nodes.rend(), "bench: the graph has no {}", op);

    const auto var = [&](int id) { return Var{const_cast<Graph*>(&graph), id}; };
    std::vector<Var> computed;  // inputs that other ops make
    for (const int id : node->in)
        if (!graph.value(id).leaf) computed.push_back(var(id));
    std::optional<Plan> feed;
    if (values && !computed.empty()) {
        feed.emplace(graph, computed, options_);
        feed->run();
    }
    std::vector<Var> in;
    for (const int id : node->in) {
        const Value& v = graph.value(id);
        in.push_back(graph_->leaf(v.leaf ? v.leaf
                                  : feed ? feed->read(var(id))
                                         : Tensor(Spec(v.spec.shape, v.spec.dtype))));
    }
    out_ = graph_->call(*node->op, in, node->attrs ? *node->attrs : std::any());
}

std::vector<std::string> OpAlone::kernels() const {
    std::vector<std::string> names;
    for (const Candidate& c : graph_->nodes().back().op->candidates) {
        if (c.name == "reference" || std::find(names.begin(), names.end(), c.name) != names.end()) continue;
        try {
            plan(c.name);
            names.push_back(c.name);
        } catch (const Error&) {
            // declined
        }
    }
    return names;
}

Plan OpAlone::plan(const std::string& kernel, std::shared_ptr<Arena> arena) const {
    const KernelFilter filter = kernel.empty() ? KernelFilter() : KernelFilter(op() + "=" + kernel);
    PlanOptions options = options_;
    options.kernels = filter;
    options.arena = std::move(arena);
    return Plan(*graph_, out_, options);
}

std::string record_gradient(Graph& graph, Var y, Var x) {
    const std::string op = graph.nodes().back().op->name;
    grad(y.shape().size() == 1 ? y : sum_squares(y), {x});
    for (const Node& node : graph.nodes())
        for (const char* kind : {"_input_grad", "_weight_grad", "_backward"})
            if (node.op->name == op + kind) return node.op->name;
    throw Error("bench: no gradient op of " + op + " was recorded");
}

}  // namespace gradus::bench
