#include "nets/above.h"

#include <algorithm>

#include "engine/in_quotes.h"
#include "engine/nearest.h"
#include "engine/require.h"

namespace gradus {
namespace {

const LayerRow& row_of(const NetTable& table, std::string_view layer) {
    const LayerRow* row = table.find(layer);
    require(row != nullptr, "{}: no layer {}; {}", table.name, in_quotes(layer), nearest(layer, table.layer_names()));
    return *row;
}

}  // namespace

std::set<std::string> layers_above(const NetTable& table, std::string_view layer) {
    std::set<std::string> above{row_of(table, layer).name};
    for (auto row = table.rows.rbegin(); row != table.rows.rend(); ++row)  // each lies below all that it reads
        if (above.contains(row->name)) above.insert(row->in.begin(), row->in.end());
    return above;
}

NetTable only_above(NetTable table, const std::vector<std::string>& layers) {
    std::set<std::string> kept;
    for (const std::string& layer : layers) kept.merge(layers_above(table, layer));
    std::erase_if(table.rows, [&](const LayerRow& row) { return !kept.contains(row.name); });
    return table;
}

std::vector<std::string> gates_above(const NetTable& table, std::string_view layer) {
    const LayerRow& start = row_of(table, layer);
    // Going up the table, what is open was read by a layer that we passed: when only one is, all ways lead through it.
    std::set<std::string> open{start.in.begin(), start.in.end()};
    std::vector<std::string> gates;
    for (auto row = table.rows.rbegin(); row != table.rows.rend(); ++row) {
        if (!open.contains(row->name)) continue;
        if (open.size() == 1) gates.push_back(row->name);
        open.erase(row->name);
        open.insert(row->in.begin(), row->in.end());
    }
    return gates;
}

bool wants_own_size(const NetTable& table, std::string_view layer) {
    if (!table.input.mean_picture.empty()) return true;
    const std::set<std::string> above = layers_above(table, layer);
    return std::ranges::any_of(table.rows, [&](const LayerRow& row) {
        return row.kind == LayerKind::linear && row.size > 1 && above.contains(row.name);
    });
}

}  // namespace gradus
