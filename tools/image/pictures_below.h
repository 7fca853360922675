#pragma once
#include <filesystem>
#include <vector>

namespace gradus {

/// The pictures in a folder and the folders in it, in order of their names; by their extension.
std::vector<std::filesystem::path> pictures_below(const std::filesystem::path& folder);

}  // namespace gradus
