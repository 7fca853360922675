#pragma once
#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace gradus {

/// A file's bytes, mapped into memory for reading: pages come in when they are touched. Copies share the map.
///
/// throws    "vgg.bin: found a directory, expected a weight file", the same for what is missing, unreadable or empty;
///           `expected` ends the sentence
class MappedFile {
public:
    MappedFile(const std::filesystem::path& path, std::string_view expected);
    std::span<const std::byte> bytes() const { return bytes_; }
    /// Keeps the map alive for as long as somebody holds it.
    const std::shared_ptr<const void>& keep() const { return keep_; }

private:
    std::shared_ptr<const void> keep_;
    std::span<const std::byte> bytes_;
};

/// A file's bytes, read at once, so that a file that is shortened meanwhile does no harm. Throws as MappedFile does,
/// and for a file larger than `most` bytes.
std::vector<std::byte> read_file(const std::filesystem::path& path, std::string_view expected, std::size_t most);

}  // namespace gradus
