#include "nets/classes.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <fstream>

#include "engine/in_quotes.h"
#include "engine/nearest.h"
#include "engine/require.h"
#include "weights/locate.h"

namespace gradus {
namespace {

bool same_text(std::string_view a, std::string_view b) {
    return std::ranges::equal(a, b,
                              [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

std::vector<std::string> synonyms(const std::string& name) {
    std::vector<std::string> all;
    for (std::size_t at = 0; at <= name.size();) {
        const std::size_t comma = std::min(name.find(", ", at), name.size());
        all.push_back(name.substr(at, comma - at));
        at = comma + 2;
    }
    return all;
}

Labels digits() {
    std::vector<ClassLabel> labels;
    for (char digit = '0'; digit <= '9'; ++digit) labels.push_back({"", std::string(1, digit)});
    return Labels(std::move(labels));
}

}  // namespace

bool is_synset(std::string_view text) {
    const auto is_digit = [](unsigned char c) { return std::isdigit(c) != 0; };
    return text.size() == 9 && text[0] == 'n' && std::ranges::all_of(text.substr(1), is_digit);
}

int Labels::find(std::string_view wanted) const {
    int index = 0;
    const char* const last = wanted.data() + wanted.size();
    if (const auto [end, error] = std::from_chars(wanted.data(), last, index); error == std::errc() && end == last) {
        require(index >= 0 && index < size(), "no class {}; expected 0 to {}, a synset or a name", index, size() - 1);
        return index;
    }
    std::vector<std::string> names;
    for (int i = 0; i < size(); ++i) {
        const ClassLabel& label = (*this)[i];
        if (same_text(label.synset, wanted) || same_text(label.name, wanted)) return i;
        for (std::string& name : synonyms(label.name)) {
            if (same_text(name, wanted)) return i;
            names.push_back(std::move(name));
        }
    }
    throw Error(fmt::format("no class {}; {}", in_quotes(wanted), nearest(wanted, names)));
}

Labels read_labels(const std::filesystem::path& file) {
    std::ifstream in(file);
    require(in.is_open(), "{}: cannot be read, expected class labels", file.string());
    std::vector<ClassLabel> labels;
    for (std::string line; std::getline(in, line);) {
        if (!line.empty() && line.back() == '\r') line.pop_back();
        const std::size_t space = std::min(line.find(' '), line.size());
        require(is_synset(line.substr(0, space)) && space + 1 < line.size(),
                "{}: line {} is {}, expected a synset and a name, \"n02123045 tabby, tabby cat\"", file.string(),
                labels.size() + 1, in_quotes(line));
        labels.push_back({line.substr(0, space), line.substr(space + 1)});
    }
    return Labels(std::move(labels));
}

Labels load_labels(const NetTable& table) {
    if (!table.labels.empty()) return Labels(table.labels);
    if (table.name == "lenet") return digits();
    constexpr auto name = "imagenet-labels.txt";
    const auto file = find_in_weight_folders(name);
    require(file.has_value(), "{}: no class labels; looked for {} in {}", table.name, name, weight_folders_text());
    Labels labels = read_labels(*file);
    require(labels.size() == table.classes, "{}: found {} labels, expected the {} classes of {}", file->string(),
            labels.size(), table.classes, table.name);
    return labels;
}

}  // namespace gradus
