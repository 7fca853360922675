#pragma once
#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace gradus {

/// What messages call it: its name, or "standard input".
std::string picture_name(const std::filesystem::path& path);

/// The bytes of a picture's file, or of standard input for "-".
///
/// throws    for what is missing, empty, no regular file, or larger than 2^30 bytes
std::vector<std::byte> picture_bytes(const std::filesystem::path& path);

/// Decoders count in int.
constexpr std::size_t largest_picture_file = std::size_t{1} << 30;

/// Writes all bytes to standard output.
///
/// throws    "standard output: cannot be written (No space left on device)"
void write_to_standard_output(std::span<const std::byte> bytes);
/// Throws where standard output is a terminal, which shows no pictures.
void check_standard_output();

}  // namespace gradus
