#pragma once
#include <cstdint>

#include "tools/image/image.h"

namespace gradus {

/// PNG, JPEG, BMP and GIF as stb_image decodes them, as they lie in the file (not turned).
Image decode_with_stb(std::span<const std::byte> bytes, const std::string& name);

/// 8-bit pixels, rows of `channels` = 1 or 3 values each, as a JPEG file.
std::vector<std::byte> encode_jpeg(int width, int height, int channels, std::span<const std::uint8_t> pixels,
                                   int quality);

}  // namespace gradus
