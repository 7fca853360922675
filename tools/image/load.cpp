#include "engine/require.h"
#include "tools/image/exif.h"
#include "tools/image/foreign.h"
#include "tools/image/format.h"
#include "tools/image/image.h"
#include "tools/image/jpeg.h"
#include "tools/image/netpbm.h"
#include "tools/image/picture_file.h"
#include "tools/image/pictures_read.h"
#include "tools/image/png.h"
#include "tools/image/stb.h"
#include "tools/image/turn.h"

namespace gradus {
namespace {

/// With what its file says besides, as which it is turned.
Image tagged(Image image, Tags tags) {
    image = turn(std::move(image), exif_orientation(tags.exif));
    set_upright(tags.exif);
    if (!tags.icc.empty() || !tags.exif.empty()) image.tags = std::make_shared<const Tags>(std::move(tags));
    return image;
}

}  // namespace

Image load_image(const std::filesystem::path& path) {
    const std::vector<std::byte> bytes = picture_bytes(path);
    Image image = decode_image(bytes, picture_name(path));
    note_picture_read(path.string(), bytes);
    return image;
}

Image decode_image(std::span<const std::byte> bytes, const std::string& name) {
    require(bytes.size() <= largest_picture_file, "{}: found {} bytes, expected a picture of at most {}", name,
            bytes.size(), largest_picture_file);
    const PictureFormat format = format_of(bytes, name);
    if (needs_ffmpeg(format)) return decode_with_ffmpeg(bytes, format, name);
    switch (format) {
        case PictureFormat::netpbm:
            return decode_netpbm(bytes, name);
        case PictureFormat::png:
            check_png(bytes, name);
            return tagged(decode_with_stb(bytes, name), png_tags(bytes));
        case PictureFormat::jpeg:
            return tagged(decode_with_stb(bytes, name), jpeg_tags(bytes));
        default:
            return decode_with_stb(bytes, name);
    }
}

Recipe read_recipe(const std::filesystem::path& path) { return decode_recipe(picture_bytes(path), picture_name(path)); }

Recipe decode_recipe(std::span<const std::byte> bytes, const std::string& name) {
    const auto format = format_of(bytes, name);
    if (format == PictureFormat::png) return png_texts(bytes);
    require(format == PictureFormat::jpeg, "{}: found a picture that carries no recipe, expected PNG or JPEG", name);
    return jpeg_comments(bytes);
}

}  // namespace gradus
