#include "tools/image/pictures_below.h"

#include <algorithm>
#include <cctype>
#include <string>

namespace gradus {
namespace {

namespace fs = std::filesystem;

bool is_picture(const fs::path& path) {
    std::string ending = path.extension().string();
    std::transform(ending.begin(), ending.end(), ending.begin(), [](unsigned char c) { return std::tolower(c); });
    const std::vector<std::string> known{".jpg",  ".jpeg", ".png",  ".bmp",  ".gif",  ".ppm", ".pgm",
                                         ".webp", ".tif",  ".tiff", ".heic", ".heif", ".avif"};
    return std::find(known.begin(), known.end(), ending) != known.end();
}

}  // namespace

std::vector<fs::path> pictures_below(const fs::path& folder) {
    std::vector<fs::path> all;
    for (const auto& entry : fs::recursive_directory_iterator(folder))
        if (entry.is_regular_file() && is_picture(entry.path())) all.push_back(entry.path());
    std::sort(all.begin(), all.end());
    return all;
}

}  // namespace gradus
