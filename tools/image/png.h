#pragma once
#include <cstdint>

#include "tools/image/image.h"

namespace gradus {

/// Throws Error unless the file is a PNG of a believable size, whole to its end, its chunks as their checksums say.
/// (The decoder does not look at checksums.)
void check_png(std::span<const std::byte> bytes, const std::string& name);

/// Its uncompressed text chunks, tEXt and iTXt, up to the first thing that is no chunk.
Recipe png_texts(std::span<const std::byte> bytes);

/// Its color profile (iCCP) and its EXIF structure (eXIf); empty where damaged, or where the profile is longer than any
/// of use.
Tags png_tags(std::span<const std::byte> bytes);

/// 8-bit pixels, rows of `channels` = 1 (gray), 2 (gray, alpha), 3 (RGB) or 4 (RGBA) values each, as a PNG file. Each
/// row gets the filter with the least sum of absolute differences. ASCII texts become tEXt chunks, others iTXt.
///
/// cost      about 15 MB of pixels a second, nearly all of it in zlib
std::vector<std::byte> encode_png(int width, int height, int channels, std::span<const std::uint8_t> pixels,
                                  const Recipe& texts, const Tags& tags = {});

/// A picture as save_image writes it to a .png. `name` begins the sentences of errors.
std::vector<std::byte> encode_png(const Image& image, const Recipe& texts, const std::string& name);

}  // namespace gradus
