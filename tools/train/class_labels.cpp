#include "tools/train/class_labels.h"

#include <fstream>
#include <map>

#include "engine/in_quotes.h"
#include "engine/require.h"
#include "nets/classes.h"
#include "weights/locate.h"

namespace gradus {
namespace {

std::map<std::string, std::string> read_names(const std::string& file) {
    std::ifstream in(file);
    require(in.is_open(), "{}: cannot be read, expected lines \"n01443537 goldfish, Carassius auratus\"", file);
    std::map<std::string, std::string> names;
    for (std::string line; std::getline(in, line);) {
        if (!line.empty() && line.back() == '\r') line.pop_back();
        const std::size_t end = line.find_first_of(" \t");
        if (end != std::string::npos && end + 1 < line.size()) names[line.substr(0, end)] = line.substr(end + 1);
    }
    return names;
}

}  // namespace

std::vector<ClassLabel> class_labels(const std::vector<std::string>& folders, const std::string& file) {
    const auto usual = find_in_weight_folders("imagenet-labels.txt");
    std::map<std::string, std::string> names;
    if (!file.empty())
        names = read_names(file);
    else if (usual)
        names = read_names(usual->string());
    std::vector<ClassLabel> labels;
    for (const std::string& folder : folders) {
        if (!is_synset(folder)) {
            labels.push_back({"", folder});
            continue;
        }
        const auto name = names.find(folder);
        require(name != names.end() || file.empty(), "{}: found no name for the class {}, expected a line with it",
                file, in_quotes(folder));
        labels.push_back({folder, name != names.end() ? name->second : folder});
    }
    return labels;
}

}  // namespace gradus
