#include "tools/image/foreign.h"

#include <cstdio>
#include <memory>
#include <string_view>

#include "engine/in_quotes.h"
#include "engine/require.h"
#include "tools/image/exif.h"
#include "tools/image/icc.h"
#include "tools/image/turn.h"
#include "tools/process/ffmpeg.h"

namespace gradus {
namespace {

using Bytes = std::span<const std::byte>;
using File = std::unique_ptr<std::FILE, int (*)(std::FILE*)>;

/// The bytes as a file of no name, so that ffmpeg can go to and fro in it, and nothing is left behind.
File as_file(Bytes bytes, const std::string& name) {
    File file(std::tmpfile(), std::fclose);
    require(
        file && std::fwrite(bytes.data(), 1, bytes.size(), file.get()) == bytes.size() && std::fflush(file.get()) == 0,
        "{}: cannot be copied into a temporary file, for ffmpeg to read it", name);
    return file;
}

std::string_view text_of(Bytes bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

/// The data of a chunk of a RIFF file, as WebP is one; nothing where there is none.
Bytes riff_chunk(Bytes file, std::string_view wanted) {
    for (std::size_t at = 12; at + 8 <= file.size();) {
        std::size_t size = 0;
        for (std::size_t i = 0; i < 4; ++i) size |= static_cast<std::size_t>(file[at + 4 + i]) << (8 * i);
        if (size > file.size() - at - 8) break;
        if (text_of(file.subspan(at, 4)) == wanted) return file.subspan(at + 8, size);
        at += 8 + size + size % 2;
    }
    return {};
}

Tags tags_of(Bytes bytes, PictureFormat format) {
    Tags tags;
    Bytes icc, exif;
    if (format == PictureFormat::webp) {
        icc = riff_chunk(bytes, "ICCP");
        exif = riff_chunk(bytes, "EXIF");
        if (text_of(exif).starts_with(exif_mark)) exif = exif.subspan(exif_mark.size());
    }
    constexpr int icc_tag = 34675;
    if (format == PictureFormat::tiff) icc = exif_bytes(bytes, icc_tag);
    if (icc.size() <= most_icc) tags.icc.assign(icc.begin(), icc.end());
    tags.exif.assign(exif.begin(), exif.end());
    return tags;
}

/// As a PNG, which keeps 16 bits and transparency.
std::vector<std::byte> png_by_ffmpeg(Bytes bytes, PictureFormat format, const std::string& name) {
    const File file = as_file(bytes, name);
    std::vector<std::string> words{"-protocol_whitelist", "file", "-max_pixels", "268435456"};
    // These two are turned here, as their tags say; what other formats say only ffmpeg knows.
    if (format == PictureFormat::webp) words.insert(words.end(), {"-noautorotate", "-f", "webp_pipe"});
    if (format == PictureFormat::tiff) words.insert(words.end(), {"-noautorotate", "-f", "tiff_pipe"});
    words.insert(words.end(), {"-i", fmt::format("/dev/fd/{}", fileno(file.get())), "-map", "0:v:0", "-frames:v", "1",
                               "-vf", "scale=flags=accurate_rnd+full_chroma_int+bicubic", "-f", "image2pipe", "-c:v",
                               "png", "-compression_level", "1", "pipe:1"});
    const auto ffmpeg = start_ffmpeg(
        words,
        fmt::format("it reads WebP, TIFF, HEIC and AVIF for gradus; install it, or make a PNG of {}", in_quotes(name)));
    std::vector<std::byte> png, piece(1 << 16);
    while (const std::size_t n = ffmpeg->read(piece))
        png.insert(png.end(), piece.begin(), piece.begin() + static_cast<std::ptrdiff_t>(n));
    const bool well = ffmpeg->wait() == 0 && !png.empty();
    require(well, "{}: cannot be decoded{}, expected an intact picture", name, as_said(*ffmpeg));
    return png;
}

}  // namespace

Image decode_with_ffmpeg(Bytes bytes, PictureFormat format, const std::string& name) {
    // ffmpeg 5 makes a black picture of it, and says nothing.
    constexpr int compression_tag = 259, old_jpeg = 6, jpeg = 7;
    const auto compression = format == PictureFormat::tiff ? exif_number(bytes, compression_tag) : 0;
    require(compression != old_jpeg && compression != jpeg,
            "{}: found a TIFF picture with JPEG inside, expected another compression, or the JPEG itself", name);
    Image image = decode_image(png_by_ffmpeg(bytes, format, name), name);
    Tags tags = tags_of(bytes, format);
    const Bytes turned = format == PictureFormat::tiff ? bytes : Bytes(tags.exif);
    if (format == PictureFormat::webp || format == PictureFormat::tiff)
        image = turn(std::move(image), exif_orientation(turned));
    set_upright(tags.exif);
    if (!tags.icc.empty() || !tags.exif.empty()) image.tags = std::make_shared<const Tags>(std::move(tags));
    return image;
}

}  // namespace gradus
