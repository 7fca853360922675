#include "tools/train/annotations.h"

#include <fstream>
#include <sstream>

namespace gradus {

std::map<std::string, std::string> read_annotations(const std::filesystem::path& folder) {
    std::map<std::string, std::string> annotations;
    std::ifstream file(folder / "val_annotations.txt");
    for (std::string line; std::getline(file, line);) {
        std::istringstream words(line);
        std::string name, synset;
        if (words >> name >> synset) annotations[name] = synset;
    }
    return annotations;
}

}  // namespace gradus
