#include "tools/cli/pictures_in.h"

#include "engine/require.h"
#include "tools/image/pictures_below.h"

namespace gradus {

namespace fs = std::filesystem;

bool is_folder(const fs::path& path) {
    std::error_code unknown;  // what is wrong is said when it is read
    return fs::is_directory(path, unknown);
}

std::vector<fs::path> pictures_in(const std::string& command, const std::vector<std::string>& named) {
    std::vector<fs::path> all;
    for (const std::string& name : named) {
        if (!is_folder(name)) {
            all.emplace_back(name);
            continue;
        }
        const std::vector<fs::path> found = pictures_below(name);
        require(!found.empty(), "{}: the folder {} holds no pictures", command, name);
        all.insert(all.end(), found.begin(), found.end());
    }
    return all;
}

}  // namespace gradus
