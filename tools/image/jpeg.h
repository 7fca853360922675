#pragma once
#include "tools/image/image.h"

namespace gradus {

/// The first EXIF structure of a JPEG, and its color profile, which may lie in several pieces.
Tags jpeg_tags(std::span<const std::byte> bytes);

/// The comments of a JPEG, split at their first ": "; the key is "comment" where there is none.
Recipe jpeg_comments(std::span<const std::byte> bytes);

/// Puts tags into a JPEG file, and one comment "key: value" per text, behind its first segment. EXIF that does not fit
/// into a segment is left out. Throws Error for texts of more than 65533 bytes.
void insert_segments(std::vector<std::byte>& jpeg, const Tags& tags, const Recipe& texts);

}  // namespace gradus
