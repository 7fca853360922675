#include "nets/net.h"

#include "engine/require.h"
#include "nets/stored.h"
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

bool names_file(std::string_view name) {
    return name.ends_with(".safetensors") || name.find('/') != std::string_view::npos;
}

NetTable load_table(std::string_view name) { return names_file(name) ? load_net(name).table() : net_table(name); }

Net load_net(std::string_view name) {
    if (names_file(name)) {
        const Weights weights{std::filesystem::path(name)};
        const auto table = stored_table(weights.metadata(), weights.file());
        require(table.has_value(),
                "{}: does not say which net its weights are of, expected a file that `gradus train` wrote; weights of "
                "known nets lie in one of {}",
                weights.file(), weight_folders_text());
        return Net(*table, weights);
    }
    const NetTable& table = net_table(name);  // an unknown net is the first thing to say
    return load_net(table.name, locate_weights(table.name));
}

Net load_net(std::string_view name, const std::filesystem::path& file) {
    NetTable table = net_table(name);
    Weights weights(file);
    // A Caffe file has no place for a mean picture: it comes in a file of its own.
    if (const std::string& mean = table.input.mean_picture; !mean.empty() && !weights.has(mean))
        weights.add(file.parent_path() / (table.name + "-mean.binaryproto"));
    if (const auto stored = stored_table(weights.metadata(), weights.file())) {
        table = with_classes(std::move(table), stored->classes);
        table.labels = stored->labels;
    }
    return Net(table, std::move(weights));
}

}  // namespace gradus
