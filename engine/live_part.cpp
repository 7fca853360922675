#include <algorithm>

#include "engine/require.h"
#include "engine/schedule.h"

namespace gradus {
namespace {

std::size_t at(int i) { return static_cast<std::size_t>(i); }

}  // namespace

Schedule live_part(const Graph& graph, const std::vector<Var>& outputs) {
    const auto& nodes = graph.nodes();
    std::vector<char> live(nodes.size(), 0);
    std::vector<char> needed(at(graph.size()), 0);
    for (const Var v : outputs) {
        require(v.graph == &graph && v.id >= 0 && v.id < graph.size(), "plan: an output belongs to another graph");
        needed[at(v.id)] = 1;
    }
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
    for (const bool assigns : {false, true})
        for (std::size_t n = 0; n < nodes.size(); ++n) {
            const Node& node = nodes[n];
            if (!live[n] || (node.op->kind == OpKind::assign) != assigns) continue;
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
