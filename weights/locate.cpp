#include "weights/locate.h"

#include <cstdlib>

#include "engine/require.h"
#include "weights/manifest.h"

namespace gradus {
namespace {

namespace fs = std::filesystem;

std::string environment(const char* variable) {
    const char* value = std::getenv(variable);
    return value == nullptr ? "" : value;
}

bool is_file(const fs::path& path) {
    std::error_code ignored;
    return fs::exists(path, ignored) && !fs::is_directory(path, ignored);
}

}  // namespace

fs::path weight_cache() {
    const std::string cache = environment("XDG_CACHE_HOME"), home = environment("HOME");
    if (!cache.empty()) return fs::path(cache) / "gradus";
    return home.empty() ? fs::path() : fs::path(home) / ".cache" / "gradus";
}

std::vector<WeightFolder> weight_folders() {
    std::vector<WeightFolder> folders;
    const std::string asked = environment("GRADUS_WEIGHTS");
    if (!asked.empty()) folders.push_back({asked, "GRADUS_WEIGHTS"});
    if (const fs::path cache = weight_cache(); !cache.empty()) folders.push_back({cache, "the cache"});
    // What comes along: where it was installed with the program, or in the sources.
    std::error_code none;
    const fs::path installed = fs::read_symlink("/proc/self/exe", none).parent_path() / GRADUS_WEIGHTS_FROM_PROGRAM;
    if (fs::is_directory(installed, none)) folders.push_back({installed.lexically_normal(), "the installation"});
    if (fs::is_directory(GRADUS_WEIGHTS_DIR, none)) folders.push_back({GRADUS_WEIGHTS_DIR, "the sources"});
    return folders;
}

std::string weight_folders_text() {
    std::string text;
    for (const WeightFolder& folder : weight_folders())
        text += fmt::format("{}{} ({})", text.empty() ? "" : ", ", folder.path.string(), folder.named_by);
    return text;
}

std::vector<std::string> weight_file_names(std::string_view net) {
    std::vector<std::string> names{fmt::format("{}.safetensors", net), fmt::format("{}.caffemodel", net)};
    for (const KnownFile& known : known_files())
        if (known.net == net && known.way == KnownFile::Way::direct) names.emplace_back(known.file);
    names.push_back(fmt::format("{}-conv.safetensors", net));
    return names;
}

std::optional<fs::path> find_weights_in(const fs::path& folder, std::string_view net) {
    for (const std::string& name : weight_file_names(net))
        for (const fs::path& file : {folder / name, folder / "styles" / name})
            if (is_file(file)) return file;
    return std::nullopt;
}

std::optional<fs::path> find_weights(std::string_view net) {
    for (const WeightFolder& folder : weight_folders())
        if (auto found = find_weights_in(folder.path, net)) return found;
    return std::nullopt;
}

fs::path locate_weights(std::string_view net) {
    if (auto found = find_weights(net)) return *found;
    const KnownFile* known = known_file(net);
    const std::string way = known == nullptr ? "no download of them is known"
                            : known->way == KnownFile::Way::direct
                                ? fmt::format("`gradus weights get {}` gets them", net)
                                : fmt::format("`gradus weights get {} --from FOLDER` takes them from elsewhere", net);
    throw Error(fmt::format("{}: no weights; looked for {} in {}; {}", net, fmt::join(weight_file_names(net), ", "),
                            weight_folders_text(), way));
}

std::optional<fs::path> find_in_weight_folders(std::string_view file) {
    for (const WeightFolder& folder : weight_folders())
        if (is_file(folder.path / file)) return folder.path / file;
    return std::nullopt;
}

}  // namespace gradus
