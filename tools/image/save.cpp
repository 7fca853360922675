#include <algorithm>

#include "engine/in_quotes.h"
#include "engine/require.h"
#include "tools/image/icc.h"
#include "tools/image/image.h"
#include "tools/image/jpeg.h"
#include "tools/image/picture_file.h"
#include "tools/image/png.h"
#include "tools/image/stb.h"
#include "weights/output_file.h"

namespace gradus {
namespace {

SaveFormat format_for(const std::filesystem::path& path, SaveFormat asked) {
    if (asked != SaveFormat::by_name) return asked;
    if (path == standard_stream) return SaveFormat::png;
    std::string extension = path.extension().string();
    std::ranges::transform(extension, extension.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c; });
    const bool jpeg = extension == ".jpg" || extension == ".jpeg";
    require(jpeg || extension == ".png", "{}: found the extension {}, expected .png, .jpg or .jpeg", path.string(),
            in_quotes(extension));
    return jpeg ? SaveFormat::jpeg : SaveFormat::png;
}

std::uint8_t to_byte(float value) {
    // Written so that NaN, for which every comparison is false, becomes 0.
    return static_cast<std::uint8_t>(value > 0.0f ? std::min(value, 1.0f) * 255.0f + 0.5f : 0.0f);
}

/// Rows of `colors` = 1 or 3 values, then alpha where it is kept; without, the picture over white.
std::vector<std::uint8_t> to_bytes(const Image& image, std::size_t colors, bool keep_alpha) {
    const std::size_t pixels = image.rgb.size() / 3, channels = colors + (keep_alpha ? 1 : 0);
    std::vector<std::uint8_t> out(pixels * channels);
    for (std::size_t i = 0; i < pixels; ++i) {
        const float alpha = image.alpha ? (*image.alpha)[i] : 1.0f;
        const float white = keep_alpha ? 0.0f : 1.0f - alpha, weight = keep_alpha ? 1.0f : alpha;
        for (std::size_t c = 0; c < colors; ++c) out[i * channels + c] = to_byte(image.rgb[3 * i + c] * weight + white);
        if (keep_alpha) out[i * channels + colors] = to_byte(alpha);
    }
    return out;
}

void check_picture(const Image& image, const std::string& name) {
    const auto pixels = static_cast<std::size_t>(image.width) * static_cast<std::size_t>(image.height);
    require(
        image.width >= 1 && image.height >= 1 && image.width <= 65535 && image.height <= 65535 &&
            image.rgb.size() == 3 * pixels && (!image.alpha || image.alpha->size() == pixels),
        "{}: found a picture of {} x {} with {} values to save, expected 1 to 65535 a side and three values a pixel",
        name, image.width, image.height, image.rgb.size());
}

/// Those that are of use with so many colors.
Tags tags_for(const Image& image) {
    if (!image.tags) return {};
    Tags tags = *image.tags;
    if (!is_icc_for(tags.icc, image.gray ? 1 : 3)) tags.icc.clear();
    return tags;
}

std::vector<std::byte> encode_ppm(const Image& image) {
    const std::size_t colors = image.gray ? 1 : 3;
    const std::string header = fmt::format("P{}\n{} {}\n255\n", image.gray ? 5 : 6, image.width, image.height);
    std::vector<std::byte> out;
    for (const char c : header) out.push_back(static_cast<std::byte>(c));
    for (const std::uint8_t v : to_bytes(image, colors, false)) out.push_back(static_cast<std::byte>(v));
    return out;
}

std::vector<std::byte> encoded(const Image& image, SaveFormat format, const SaveOptions& o, const std::string& name) {
    if (format == SaveFormat::png) return encode_png(image, o.recipe, name);
    check_picture(image, name);
    if (format == SaveFormat::ppm) return encode_ppm(image);
    const std::size_t colors = image.gray ? 1 : 3;
    std::vector<std::byte> jpeg = encode_jpeg(image.width, image.height, static_cast<int>(colors),
                                              to_bytes(image, colors, false), o.jpeg_quality);
    insert_segments(jpeg, tags_for(image), o.recipe);
    return jpeg;
}

}  // namespace

void check_output(const std::filesystem::path& path, SaveFormat format) {
    format_for(path, format);
    if (path == standard_stream) return check_standard_output();
    OutputFile{path};
}

std::vector<std::byte> encode_png(const Image& image, const Recipe& texts, const std::string& name) {
    check_picture(image, name);
    const int colors = image.gray ? 1 : 3;
    const bool alpha = image.alpha.has_value();
    return encode_png(image.width, image.height, colors + (alpha ? 1 : 0),
                      to_bytes(image, static_cast<std::size_t>(colors), alpha), texts, tags_for(image));
}

void save_image(const std::filesystem::path& path, const Image& image, const SaveOptions& options) {
    const std::vector<std::byte> bytes = encoded(image, format_for(path, options.format), options, path.string());
    if (path == standard_stream) return write_to_standard_output(bytes);
    OutputFile file(path);
    file.write(bytes);
    file.commit();
}

}  // namespace gradus
