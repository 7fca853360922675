#include <algorithm>

#include "engine/in_quotes.h"
#include "engine/require.h"
#include "tools/image/image.h"
#include "tools/image/jpeg.h"
#include "tools/image/png.h"
#include "tools/image/stb.h"
#include "weights/output_file.h"

namespace gradus {
namespace {

bool wants_jpeg(const std::filesystem::path& path) {
    std::string extension = path.extension().string();
    std::ranges::transform(extension, extension.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c; });
    const bool jpeg = extension == ".jpg" || extension == ".jpeg";
    require(jpeg || extension == ".png", "{}: found the extension {}, expected .png, .jpg or .jpeg", path.string(),
            in_quotes(extension));
    return jpeg;
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

}  // namespace

void check_output(const std::filesystem::path& path) {
    wants_jpeg(path);
    OutputFile{path};
}

std::vector<std::byte> encode_png(const Image& image, const Recipe& texts, const std::string& name) {
    check_picture(image, name);
    const int colors = image.gray ? 1 : 3;
    const bool alpha = image.alpha.has_value();
    return encode_png(image.width, image.height, colors + (alpha ? 1 : 0),
                      to_bytes(image, static_cast<std::size_t>(colors), alpha), texts);
}

void save_image(const std::filesystem::path& path, const Image& image, const SaveOptions& options) {
    std::vector<std::byte> encoded;
    if (wants_jpeg(path)) {
        check_picture(image, path.string());
        const int colors = image.gray ? 1 : 3;
        encoded = encode_jpeg(image.width, image.height, colors,
                              to_bytes(image, static_cast<std::size_t>(colors), false), options.jpeg_quality);
        insert_comments(encoded, options.recipe);
    } else {
        encoded = encode_png(image, options.recipe, path.string());
    }
    OutputFile file(path);
    file.write(encoded);
    file.commit();
}

}  // namespace gradus
