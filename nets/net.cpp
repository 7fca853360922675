#include "nets/net.h"

#include "weights/locate.h"

namespace gradus {

Net::Net(const NetTable& table, Weights weights)
    : table_(std::make_shared<const NetTable>(table)), weights_(std::move(weights)) {}

std::vector<std::string> Net::layer_names() const {
    std::vector<std::string> names;
    for (const LayerRow& row : table_->rows) {
        // Layers lie below all that they read, and only classifiers are ever missing: they are the end of the table.
        if (row.kind == LayerKind::linear && !weights_.has(row.name + ".weight")) break;
        names.push_back(row.name);
    }
    return names;
}

bool Net::has_classifier() const { return layer_names().size() == table_->rows.size(); }

Net load_net(std::string_view name) {
    const NetTable& table = net_table(name);  // an unknown net is the first thing to say
    return load_net(table.name, locate_weights(table.name));
}

Net load_net(std::string_view name, const std::filesystem::path& file) {
    const NetTable& table = net_table(name);
    Weights weights(file);
    // A Caffe file has no place for a mean picture: it comes in a file of its own.
    if (const std::string& mean = table.input.mean_picture; !mean.empty() && !weights.has(mean))
        weights.add(file.parent_path() / (table.name + "-mean.binaryproto"));
    return Net(table, std::move(weights));
}

}  // namespace gradus
