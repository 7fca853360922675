#include <algorithm>

#include "engine/require.h"
#include "engine/schedule.h"

namespace gradus {
namespace {

std::size_t at(int i) { return static_cast<std::size_t>(i); }

/// The nodes in an order in which values do not wait long for whoever reads them. A gradient rule is recorded when the
/// loss is taken apart: those of a style's Gram matrices all come before the first convolution's, and what they make,
/// as large as the layers, would lie there until the backward pass has come down to it. Such a node goes to just before
/// the first that reads it, unless what it reads itself would then have to wait instead.
std::vector<std::size_t> late_order(const Graph& graph, const std::vector<char>& live,
                                    const std::vector<char>& output) {
    const auto& nodes = graph.nodes();
    std::vector<std::size_t> order;
    std::vector<std::vector<std::size_t>> readers(at(graph.size()));
    for (std::size_t n = 0; n < nodes.size(); ++n) {
        if (!live[n]) continue;
        for (const int in : nodes[n].in) readers[at(in)].push_back(n);
        if (nodes[n].op->kind != OpKind::assign) order.push_back(n);
    }
    std::vector<std::size_t> place(nodes.size(), order.size());  // assigns come last
    for (std::size_t i = 0; i < order.size(); ++i) place[order[i]] = i;
    constexpr double worth = 8;  // so much more has to be gained than lost
    for (std::size_t i = order.size(); i-- > 0;) {
        const Node& node = nodes[order[i]];
        std::size_t first = order.size();
        double gained = 0, lost = 0;
        for (const int out : node.out) {
            if (output[at(out)]) first = 0;
            for (const std::size_t reader : readers[at(out)]) first = std::min(first, place[reader]);
            gained += static_cast<double>(graph.value(out).spec.bytes());
        }
        if (first <= i + 1 || first == order.size()) continue;
        for (const int in : node.in) {
            const auto waits = [&](std::size_t reader) { return place[reader] >= first; };
            const bool leaf = graph.value(in).node < 0;
            if (!leaf && std::ranges::none_of(readers[at(in)], waits))
                lost += static_cast<double>(graph.value(in).spec.bytes());
        }
        if (gained < worth * lost) continue;
        std::rotate(order.begin() + static_cast<std::ptrdiff_t>(i), order.begin() + static_cast<std::ptrdiff_t>(i) + 1,
                    order.begin() + static_cast<std::ptrdiff_t>(first));
        for (std::size_t k = i; k < first; ++k) place[order[k]] = k;
    }
    for (std::size_t n = 0; n < nodes.size(); ++n)
        if (live[n] && nodes[n].op->kind == OpKind::assign) order.push_back(n);
    return order;
}

}  // namespace

Schedule live_part(const Graph& graph, const std::vector<Var>& outputs) {
    const auto& nodes = graph.nodes();
    std::vector<char> live(nodes.size(), 0);
    std::vector<char> needed(at(graph.size()), 0);
    for (const Var v : outputs) {
        require(v.graph == &graph && v.id >= 0 && v.id < graph.size(), "plan: an output belongs to another graph");
        needed[at(v.id)] = 1;
    }
    const std::vector<char> wanted = needed;  // as outputs
    for (std::size_t n = nodes.size(); n-- > 0;) {
        for (const int out : nodes[n].out) live[n] |= needed[at(out)];
        if (live[n])
            for (const int in : nodes[n].in) needed[at(in)] = 1;
    }

    Schedule schedule;
    std::vector<int> planned(at(graph.size()), -1);
    const auto value = [&](int id) {
        int& index = planned[at(id)];
        if (index < 0) {
            index = static_cast<int>(schedule.values.size());
            const Value& v = graph.value(id);
            schedule.values.push_back({.spec = v.spec, .id = id, .leaf = v.leaf});
        }
        return index;
    };
    std::vector<std::uint64_t> assigned;  // the states' tensors
    const auto check = [&](const Node& node) {
        for (const int in : node.in) {
            const int maker = graph.value(in).node;
            require(maker < 0 || nodes[at(maker)].op->kind != OpKind::assign,
                    "plan: {} reads the result of an assign, expected the state or the value that was assigned",
                    node.op->name);
        }
        if (node.op->kind != OpKind::assign) return;
        // Its first inputs are the states, one per output.
        const std::vector<std::uint64_t> before = assigned;
        for (std::size_t i = 0; i < node.in.size(); ++i) {
            const bool state = i < node.out.size();
            const auto& written = state ? assigned : before;
            const auto id = graph.value(node.in[i]).leaf.id();
            const bool new_values = id != 0 && std::find(written.begin(), written.end(), id) != written.end();
            require(!new_values || !state, "plan: {} writes a state that is already assigned, expected once a run",
                    node.op->name);
            require(!new_values,
                    "plan: a state is assigned the values of another that was itself assigned before, expected the "
                    "other order");
            if (state) assigned.push_back(id);
        }
    };
    // Assigns come last, so that every other step still sees the state as it was before the run.
    for (const std::size_t n : late_order(graph, live, wanted)) {
        const Node& node = nodes[n];
        check(node);
        const int index = static_cast<int>(schedule.steps.size());
        PlannedStep step{.op = node.op, .attrs = node.attrs};
        for (const int in : node.in) {
            step.in.push_back(value(in));
            step.problem.in.push_back(graph.value(in).spec);
            auto& readers = schedule.value(step.in.back()).readers;
            if (readers.empty() || readers.back() != index) readers.push_back(index);
        }
        for (const int out : node.out) {
            step.out.push_back(value(out));
            step.problem.out.push_back(graph.value(out).spec);
            schedule.value(step.out.back()).maker = index;
        }
        step.problem.attrs = step.attrs.get();
        schedule.steps.push_back(std::move(step));
    }
    for (const Var v : outputs) schedule.value(value(v.id)).output = true;
    return schedule;
}

}  // namespace gradus
