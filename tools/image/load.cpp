#include "engine/require.h"
#include "tools/image/format.h"
#include "tools/image/image.h"
#include "tools/image/jpeg.h"
#include "tools/image/netpbm.h"
#include "tools/image/png.h"
#include "tools/image/stb.h"
#include "tools/image/turn.h"
#include "weights/input_file.h"

namespace gradus {
namespace {

constexpr auto expected = "a picture (PNG, JPEG, BMP, GIF or PPM)";
constexpr std::size_t largest_file = std::size_t{1} << 30;  // the decoder counts in int

}  // namespace

Image load_image(const std::filesystem::path& path) {
    return decode_image(read_file(path, expected, largest_file), path.string());
}

Image decode_image(std::span<const std::byte> bytes, const std::string& name) {
    require(bytes.size() <= largest_file, "{}: found {} bytes, expected a picture of at most {}", name, bytes.size(),
            largest_file);
    switch (format_of(bytes, name)) {
        case PictureFormat::netpbm:
            return decode_netpbm(bytes, name);
        case PictureFormat::png:
            check_png(bytes, name);
            return decode_with_stb(bytes, name);
        case PictureFormat::jpeg:
            return turn(decode_with_stb(bytes, name), jpeg_orientation(bytes));
        default:
            return decode_with_stb(bytes, name);
    }
}

Recipe read_recipe(const std::filesystem::path& path) {
    return decode_recipe(read_file(path, expected, largest_file), path.string());
}

Recipe decode_recipe(std::span<const std::byte> bytes, const std::string& name) {
    const auto format = format_of(bytes, name);
    if (format == PictureFormat::png) return png_texts(bytes);
    require(format == PictureFormat::jpeg, "{}: found a picture that carries no recipe, expected PNG or JPEG", name);
    return jpeg_comments(bytes);
}

}  // namespace gradus
