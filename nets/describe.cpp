#include "nets/describe.h"

#include <algorithm>
#include <map>

#include "nets/blank_weights.h"
#include "nets/net.h"

namespace gradus {
namespace {

/// How a layer's values lie over the picture: value i sees `field` pixels from start + i stride on. Field and stride 0:
/// one value for all of it.
struct Reach {
    int field = 1, stride = 1, start = 0;
};

Reach reach_of(const LayerRow& row, const std::map<std::string, Reach>& above) {
    constexpr Reach everything{0, 0, 0};
    if (row.kind == LayerKind::global_average || row.kind == LayerKind::linear) return everything;
    Reach reach = above.at(row.in[0]);
    for (const std::string& in : row.in) {
        const Reach r = above.at(in);
        if (r.field == 0) return everything;
        const int start = std::min(reach.start, r.start);
        reach.field = std::max(reach.start + reach.field, r.start + r.field) - start;
        reach.start = start;
    }
    if (row.kind == LayerKind::conv || row.kind == LayerKind::max_pool || row.kind == LayerKind::avg_pool)
        return {reach.field + (row.size - 1) * reach.stride, reach.stride * row.stride,
                reach.start - row.pad * reach.stride};
    return reach;
}

bool is_weight(const Value& leaf) { return leaf.name.ends_with(".weight") || leaf.name.ends_with(".bias"); }

/// Adds the work of the nodes recorded from `first` on, and the weights they read.
void count(const Graph& graph, std::size_t first, LayerFacts& facts) {
    for (std::size_t n = first; n < graph.nodes().size(); ++n) {
        const Node& node = graph.nodes()[n];
        Problem problem{.attrs = node.attrs.get()};
        for (const int in : node.in) {
            const Value& value = graph.value(in);
            problem.in.push_back(value.spec);
            if (value.node < 0 && is_weight(value)) facts.parameters += value.spec.shape.size();
        }
        for (const int out : node.out) problem.out.push_back(graph.value(out).spec);
        if (node.op->cost) facts.flops += node.op->cost(problem).flops;
    }
}

bool fits(const LayerRow& row, const Layers& layers) {
    if (row.kind != LayerKind::linear) return true;
    const Shape in = layers(row.in[0]).shape();
    return in.rank() == 2 || (in[1] == row.size && in[2] == row.size);
}

}  // namespace

std::vector<LayerFacts> describe(const NetTable& table, int height, int width) {
    const Net net(table, blank_weights());
    Graph graph;
    const auto channels = static_cast<std::int64_t>(table.input.from.size());
    const Var picture = graph.leaf(Tensor(Spec(Shape{1, height, width, channels})));
    const Layers layers = net.record(picture);
    std::map<std::string, Reach> reaches{{"data", {}}};
    std::vector<LayerFacts> all;
    for (const LayerRow& row : table.rows) {
        if (!fits(row, layers)) break;  // a classifier: everything below reads it
        LayerFacts facts{.name = row.name, .kind = row.kind};
        const std::size_t first = graph.nodes().size();
        facts.shape = layers(row.name).shape();
        count(graph, first, facts);
        const Reach reach = reaches[row.name] = reach_of(row, reaches);
        facts.receptive_field = reach.field;
        facts.stride = reach.stride;
        facts.start = reach.start;
        all.push_back(std::move(facts));
    }
    return all;
}

}  // namespace gradus
