#include "nets/stored.h"

#include <charconv>
#include <nlohmann/json.hpp>

#include "engine/in_quotes.h"
#include "engine/require.h"
#include "nets/chain.h"

namespace gradus {
namespace {

constexpr const char *net_key = "gradus.net", *architecture_key = "gradus.architecture", *size_key = "gradus.size",
                     *labels_key = "gradus.labels", *chain_name = "chain";
constexpr int most_size = 4096;

std::vector<ClassLabel> read_stored_labels(const std::string& text, const std::string& file) {
    const nlohmann::json json = nlohmann::json::parse(text, nullptr, false);
    const auto is_label = [](const nlohmann::json& j) {
        return j.is_array() && j.size() == 2 && j[0].is_string() && j[1].is_string() &&
               !j[1].get_ref<const std::string&>().empty();
    };
    require(json.is_array() && json.size() >= 2 && std::ranges::all_of(json, is_label),
            "{}: found labels of another form, expected [[\"n01443537\", \"goldfish\"], ...], two or more", file);
    std::vector<ClassLabel> labels;
    for (const auto& label : json) labels.push_back({label[0], label[1]});
    return labels;
}

int read_size(const std::string& text, const std::string& file) {
    int size = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), size);
    require(error == std::errc{} && end == text.data() + text.size() && size >= 8 && size <= most_size,
            "{}: found {} {}, expected 8 to {}", file, size_key, in_quotes(text), most_size);
    return size;
}

}  // namespace

std::optional<NetTable> stored_table(const std::map<std::string, std::string>& metadata, const std::string& file) {
    const auto text = [&](const char* key) {
        const auto found = metadata.find(key);
        return found == metadata.end() ? std::string() : found->second;
    };
    const std::string net = text(net_key);
    if (net.empty()) return {};
    std::vector<ClassLabel> labels = read_stored_labels(text(labels_key), file);
    const int classes = static_cast<int>(labels.size());
    NetTable table;
    if (net == chain_name) {
        try {
            table = chain(text(architecture_key), classes, read_size(text(size_key), file));
        } catch (const Error& error) {
            throw Error(fmt::format("{}: {}", file, error.what()));
        }
    } else {
        table = with_classes(net_table(net), classes);
    }
    table.labels = std::move(labels);
    return table;
}

std::map<std::string, std::string> stored_form(const NetTable& table, const std::string& architecture,
                                               const std::vector<ClassLabel>& labels) {
    nlohmann::json all = nlohmann::json::array();
    for (const ClassLabel& label : labels) all.push_back({label.synset, label.name});
    std::map<std::string, std::string> form{{net_key, architecture.empty() ? table.name : chain_name},
                                            {labels_key, all.dump()}};
    if (!architecture.empty()) {
        form[architecture_key] = architecture;
        form[size_key] = std::to_string(table.input.size);
    }
    return form;
}

}  // namespace gradus
