#include "nets/form.h"

#include <algorithm>
#include <map>

namespace gradus {

NetTable with_average_pools(NetTable table) {
    for (LayerRow& row : table.rows)
        if (row.kind == LayerKind::max_pool && row.stride > 1) row.kind = LayerKind::avg_pool;
    return table;
}

NetTable without_edges(NetTable table) {
    for (LayerRow& row : table.rows) row.beyond = PadMode::circular;
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
