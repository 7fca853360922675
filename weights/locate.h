#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gradus {

/// A folder where weight files are looked for, and who named it: "GRADUS_WEIGHTS".
struct WeightFolder {
    std::filesystem::path path;
    std::string named_by;
};

/// Those that are looked into, in this order: GRADUS_WEIGHTS if it is set, the user's cache, share/gradus/weights of
/// the installation, weights/ of the sources; the last two where they are there.
std::vector<WeightFolder> weight_folders();

/// "/w (GRADUS_WEIGHTS), /home/me/.cache/gradus (the cache)", for messages.
std::string weight_folders_text();

/// Where `gradus weights get` puts files: gradus/ in XDG_CACHE_HOME, or else in ~/.cache. Empty where neither is set.
std::filesystem::path weight_cache();

/// The file names a net's weights may have, best first: NAME.safetensors, NAME.caffemodel, the name its authors gave
/// it, NAME-conv.safetensors (the convolutions only).
std::vector<std::string> weight_file_names(std::string_view net);

/// The first of a net's files that is in this folder, or in its folder styles/.
std::optional<std::filesystem::path> find_weights_in(const std::filesystem::path& folder, std::string_view net);

/// The first of a net's files that is there. The first folder that has any of them wins.
std::optional<std::filesystem::path> find_weights(std::string_view net);

/// The same, or
///
/// throws    "googlenet: no weights; looked for googlenet.safetensors, ... in /w (GRADUS_WEIGHTS), ...;
///           `gradus weights get googlenet` gets them"
std::filesystem::path locate_weights(std::string_view net);

/// The first file of this name in those folders.
std::optional<std::filesystem::path> find_in_weight_folders(std::string_view file);

}  // namespace gradus
