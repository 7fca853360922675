#include "tools/cli/pictures_in.h"

#include <algorithm>
#include <cctype>

#include "engine/require.h"

namespace gradus {
namespace {

namespace fs = std::filesystem;

bool is_picture(const fs::path& path) {
    std::string ending = path.extension().string();
    std::transform(ending.begin(), ending.end(), ending.begin(), [](unsigned char c) { return std::tolower(c); });
    const std::vector<std::string> known{".jpg", ".jpeg", ".png", ".bmp", ".gif", ".ppm", ".pgm"};
    return std::find(known.begin(), known.end(), ending) != known.end();
}

}  // namespace

std::vector<fs::path> pictures_in(const std::string& command, const std::vector<std::string>& named) {
    std::vector<fs::path> all;
    for (const std::string& name : named) {
        if (!fs::is_directory(name)) {
            all.emplace_back(name);
            continue;
        }
        const std::size_t before = all.size();
        for (const auto& entry : fs::recursive_directory_iterator(name))
            if (entry.is_regular_file() && is_picture(entry.path())) all.push_back(entry.path());
        require(all.size() > before, "{}: the folder {} holds no pictures", command, name);
        std::sort(all.begin() + static_cast<std::ptrdiff_t>(before), all.end());
    }
    return all;
}

}  // namespace gradus
