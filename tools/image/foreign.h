#pragma once
#include "tools/image/format.h"
#include "tools/image/image.h"

namespace gradus {

/// WebP, TIFF, HEIC and AVIF: ffmpeg makes a PNG of them, where it is installed. The first picture of several. Upright,
/// with the tags of WebP and TIFF.
///
/// throws    "ffmpeg: found no such program; it reads WebP ... install it, or make a PNG of "x.webp""; what is wrong,
/// as
///           ffmpeg says it; what decode_image throws of the PNG
Image decode_with_ffmpeg(std::span<const std::byte> bytes, PictureFormat format, const std::string& name);

}  // namespace gradus
