#pragma once
#include <filesystem>
#include <optional>
#include <string>

namespace gradus {

/// The SHA-256 that a file had when it was got, from sha256sums.txt in its folder, which `sha256sum -c` reads, too.
/// Nothing where there is none.
std::optional<std::string> recorded_sha256(const std::filesystem::path& file);

/// Writes it there, beside those of other files.
void record_sha256(const std::filesystem::path& file, const std::string& sha256);

}  // namespace gradus
