#pragma once
#include <filesystem>
#include <string>
#include <vector>

namespace gradus {

/// Whether it is one; also where that cannot be known, no.
bool is_folder(const std::filesystem::path& path);

/// The pictures that were named, and those in folders that were named, in order of their names; by their extension.
///
/// throws    "classify: the folder x holds no pictures"
std::vector<std::filesystem::path> pictures_in(const std::string& command, const std::vector<std::string>& named);

}  // namespace gradus
