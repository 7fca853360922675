#include "nets/form.h"

#include <algorithm>
#include <map>

#include "engine/require.h"

namespace gradus {
namespace {

const std::map<std::string, std::vector<float>>& vgg19_means() {
    static const std::map<std::string, std::vector<float>> all{
#include "nets/vgg19_means.inc"
    };
    return all;
}

const std::string raw = " as it is";  // behind the name of a layer that another one now has

}  // namespace

NetTable with_average_pools(NetTable table) {
    for (LayerRow& row : table.rows)
        if (row.kind == LayerKind::max_pool && row.stride > 1) row.kind = LayerKind::avg_pool;
    return table;
}

NetTable without_edges(NetTable table) {
    for (LayerRow& row : table.rows) row.beyond = PadMode::circular;
    return table;
}

NetTable with_first_edges(NetTable table, PadMode beyond) {
    const auto is_conv = [](const LayerRow& row) { return row.kind == LayerKind::conv; };
    const auto first = std::find_if(table.rows.begin(), table.rows.end(), is_conv);
    if (first != table.rows.end()) first->beyond = beyond;
    return table;
}

bool has_known_means(const NetTable& table) { return table.name == "vgg19"; }

NetTable with_unit_means(NetTable table) {
    require(has_known_means(table), "{}: the means of its channels over photographs are not known, expected vgg19",
            table.name);
    std::vector<LayerRow> rows;
    for (LayerRow& row : table.rows) {
        for (std::string& in : row.in)
            if (vgg19_means().contains(in)) in += raw;
        const auto means = vgg19_means().find(row.name);
        if (means == vgg19_means().end()) {
            rows.push_back(std::move(row));
            continue;
        }
        double all = 0;
        for (const float mean : means->second) all += static_cast<double>(mean);
        const float least = static_cast<float>(0.01 * all / static_cast<double>(means->second.size()));
        LayerRow over{.kind = LayerKind::scale, .name = row.name, .in = {row.name + raw}, .channels = row.channels};
        for (const float mean : means->second) over.factors.push_back(1 / std::max(mean, least));
        row.name += raw;
        rows.push_back(std::move(row));
        rows.push_back(std::move(over));
    }
    table.rows = std::move(rows);
    return table;
}

int whole_stride(const NetTable& table, const std::vector<std::string>& layers) {
    std::map<std::string, int> strides{{"data", 1}};
    int largest = 1;
    for (const LayerRow& row : table.rows) {
        int& stride = strides[row.name] = strides.at(row.in[0]);
        if (row.kind == LayerKind::conv || row.kind == LayerKind::max_pool || row.kind == LayerKind::avg_pool)
            stride *= row.stride;
        if (std::find(layers.begin(), layers.end(), row.name) != layers.end()) largest = std::max(largest, stride);
    }
    return largest;
}

}  // namespace gradus
