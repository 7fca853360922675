#include "nets/table.h"

#include <algorithm>

#include "engine/in_quotes.h"
#include "engine/nearest.h"
#include "engine/require.h"

namespace gradus {

const char* to_string(LayerKind kind) {
    switch (kind) {
        case LayerKind::conv:
            return "conv";
        case LayerKind::relu:
            return "relu";
        case LayerKind::max_pool:
            return "max pool";
        case LayerKind::avg_pool:
            return "average pool";
        case LayerKind::global_average:
            return "global average";
        case LayerKind::lrn:
            return "lrn";
        case LayerKind::concat:
            return "concat";
        case LayerKind::linear:
            return "linear";
        case LayerKind::softmax:
            return "softmax";
        case LayerKind::scale:
            return "scale";
    }
    return "";
}

const LayerRow* NetTable::find(std::string_view layer) const {
    const auto found = std::ranges::find(rows, layer, &LayerRow::name);
    return found == rows.end() ? nullptr : &*found;
}

std::vector<std::string> NetTable::layer_names() const {
    std::vector<std::string> names;
    for (const LayerRow& row : rows) names.push_back(row.name);
    return names;
}

std::span<const NetTable> net_tables() {
    static const NetTable tables[] = {googlenet(), vgg16(), vgg19(), squeezenet1_1(), lenet(), mini()};
    return tables;
}

NetTable with_classes(NetTable table, int classes) {
    const auto row = std::ranges::find(table.rows, table.scores, &LayerRow::name);
    if (row->kind == LayerKind::linear || row->kind == LayerKind::conv) {
        row->channels = classes;
    } else {  // squeezenet: the mean of what a convolution makes of each class
        for (std::string above = row->in[0];;) {
            LayerRow& up = *std::ranges::find(table.rows, above, &LayerRow::name);
            if (up.kind == LayerKind::conv) {
                up.channels = classes;
                break;
            }
            above = up.in[0];
        }
    }
    table.classes = classes;
    return table;
}

const NetTable& net_table(std::string_view name) {
    std::vector<std::string> names;
    for (const NetTable& table : net_tables()) {
        if (table.name == name) return table;
        names.push_back(table.name);
    }
    throw Error(fmt::format("no net {}; {}", in_quotes(name), nearest(name, names)));
}

}  // namespace gradus
