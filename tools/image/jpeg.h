#pragma once
#include "tools/image/image.h"

namespace gradus {

/// The EXIF orientation of a JPEG, 1 to 8; 1, upright, where it says nothing or nothing sensible.
int jpeg_orientation(std::span<const std::byte> bytes);

/// The comments of a JPEG, split at their first ": "; the key is "comment" where there is none.
Recipe jpeg_comments(std::span<const std::byte> bytes);

/// Puts one comment "key: value" per text into a JPEG file, behind its first segment. Throws Error for texts of more
/// than 65533 bytes.
void insert_comments(std::vector<std::byte>& jpeg, const Recipe& texts);

}  // namespace gradus
