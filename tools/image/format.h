#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace gradus {

/// The formats that are read; the last three by ffmpeg.
enum class PictureFormat { png, jpeg, bmp, gif, netpbm, webp, tiff, heif };
inline bool needs_ffmpeg(PictureFormat format) { return format >= PictureFormat::webp; }

/// By the first bytes. Throws Error for others, by name where it is a well-known one: "x.jpg: found a PDF document,
/// expected PNG, JPEG, BMP, GIF, PPM, WebP, TIFF, HEIC or AVIF".
PictureFormat format_of(std::span<const std::byte> bytes, const std::string& name);

/// Throws Error unless a picture of this size may be loaded from a file of so many bytes: no header is believed that
/// claims more than a file can hold, so that a small file cannot take much memory. `densest`: how many pixels a byte of
/// the format can hold. The most has a PNG of one bit a pixel and one color: deflate shrinks it by 1032.
void check_size(std::int64_t width, std::int64_t height, std::size_t bytes, const std::string& name,
                std::size_t densest = 8256);

}  // namespace gradus
