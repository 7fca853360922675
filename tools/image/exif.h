#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace gradus {

/// The orientation that a TIFF structure gives, as EXIF is one and TIFF files are: 1 to 8; 1, upright, where it says
/// nothing or nothing sensible.
int exif_orientation(std::span<const std::byte> structure);

/// Makes it say that the picture is upright.
void set_upright(std::vector<std::byte>& structure);

/// The number of a tag in its first directory; 0 where it has no such tag.
std::uint32_t exif_number(std::span<const std::byte> structure, int tag);

/// The bytes that a tag of its first directory refers to; none where it has no such tag.
std::span<const std::byte> exif_bytes(std::span<const std::byte> structure, int tag);

/// What EXIF begins with in a JPEG, and in some WebP files.
constexpr std::string_view exif_mark("Exif\0\0", 6);

}  // namespace gradus
