#include "tools/image/format.h"

#include <string_view>

#include "engine/require.h"

namespace gradus {
namespace {

using namespace std::string_view_literals;

struct Known {
    std::string_view start;
    PictureFormat format;
    std::size_t at = 0;
};
constexpr Known readable[] = {
    {"\x89PNG\r\n\x1a\n"sv, PictureFormat::png},
    {"\xff\xd8\xff"sv, PictureFormat::jpeg},
    {"GIF87a"sv, PictureFormat::gif},
    {"GIF89a"sv, PictureFormat::gif},
    {"BM"sv, PictureFormat::bmp},
    {"P2"sv, PictureFormat::netpbm},
    {"P3"sv, PictureFormat::netpbm},
    {"P5"sv, PictureFormat::netpbm},
    {"P6"sv, PictureFormat::netpbm},
    {"WEBP"sv, PictureFormat::webp, 8},
    {"II*\0"sv, PictureFormat::tiff},
    {"MM\0*"sv, PictureFormat::tiff},
    {"ftypavif"sv, PictureFormat::heif, 4},
    {"ftypheic"sv, PictureFormat::heif, 4},
    {"ftypheix"sv, PictureFormat::heif, 4},
    {"ftypmif1"sv, PictureFormat::heif, 4},
};

struct Foreign {
    std::string_view start;
    std::size_t at;
    const char* what;
};
constexpr Foreign foreign[] = {
    {"ftyp"sv, 4, "a video"},
    {"%PDF"sv, 0, "a PDF document"},
    {"<"sv, 0, "a text (SVG, HTML)"},
    {"\x93NUMPY"sv, 0, "a NumPy array"},
};

}  // namespace

PictureFormat format_of(std::span<const std::byte> bytes, const std::string& name) {
    const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    for (const auto& known : readable) {
        if (text.size() > known.at && text.substr(known.at).starts_with(known.start)) return known.format;
    }
    const char* found = "no picture";
    for (const auto& other : foreign) {
        if (text.size() > other.at && text.substr(other.at).starts_with(other.start)) {
            found = other.what;
            break;
        }
    }
    throw Error(fmt::format("{}: found {}, expected PNG, JPEG, BMP, GIF, PPM, WebP, TIFF, HEIC or AVIF", name, found));
}

void check_size(std::int64_t width, std::int64_t height, std::size_t bytes, const std::string& name,
                std::size_t densest) {
    constexpr std::int64_t longest = 65535, most = std::int64_t{1} << 28;
    require(width > 0 && height > 0 && width <= longest && height <= longest && width * height <= most,
            "{}: claims {} x {} pixels, expected 1 to {} a side and at most {} in all", name, width, height, longest,
            most);
    require(static_cast<std::size_t>(width * height) / densest <= bytes,
            "{}: claims {} x {} pixels in {} bytes, expected more bytes; is the file cut short?", name, width, height,
            bytes);
}

}  // namespace gradus
