#pragma once
#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace gradus {

/// What a file says about its picture besides the pixels, as it lies there.
struct Tags {
    std::vector<std::byte> icc = {};   // the color profile that its values are meant in
    std::vector<std::byte> exif = {};  // a TIFF structure: when, where and with what it was taken
};

/// A picture in memory.
///
/// shapes    rgb (height, width, 3), alpha (height, width), row by row from the top
/// units     0..1, as encoded in the file (sRGB curve included); alpha 0 is transparent
struct Image {
    int width = 0, height = 0;
    std::vector<float> rgb;
    std::optional<std::vector<float>> alpha = {};  // absent where every pixel is opaque
    bool gray = false;                             // one channel in the file: held three times here, saved as one
    std::shared_ptr<const Tags> tags = {};         // of the file that it was read from; written along
};

/// How a picture came to be: what is called what, in order. Travels in the file.
using Recipe = std::vector<std::pair<std::string, std::string>>;

/// The file that stands for standard input, and for standard output.
constexpr const char* standard_stream = "-";

/// Reads PNG, JPEG, BMP, GIF (its first frame) and PPM or PGM, by content whatever the name, and with ffmpeg WebP,
/// TIFF, HEIC and AVIF; 16 bits, palettes and transparency included; turned upright as an EXIF orientation says. "-" is
/// standard input. What was read is noted (tools/image/pictures_read.h).
///
/// throws    for what is missing, empty, no picture, of another format, cut short, damaged, or larger than 65535 a side
/// or
///           2^28 pixels; sizes are checked before memory is taken
Image load_image(const std::filesystem::path& path);

/// The same from a file's bytes, which may come from anybody. `name` begins the sentences of errors.
Image decode_image(std::span<const std::byte> bytes, const std::string& name);

enum class SaveFormat { by_name, png, jpeg, ppm };

struct SaveOptions {
    Recipe recipe = {};
    int jpeg_quality = 95;
    SaveFormat format = SaveFormat::by_name;  // by the extension; PNG on standard output
};

/// Writes PNG, JPEG or PPM in 8 bits a channel: values are clipped to 0..1, NaN becomes 0. The file appears whole or
/// not at all and an older one stays until then (OutputFile); "-" is standard output. PNG keeps alpha, the others lay
/// the picture over white. The recipe goes into text chunks of a PNG, into comments of a JPEG; tags go along with both,
/// a color profile where it is one for as many channels. PPM has room for neither.
///
/// throws    "dream.webp: found the extension ".webp", expected .png, .jpg or .jpeg"; for a recipe that does not fit
///           (keys of 1 to 79 ASCII characters, values without zero bytes); whatever OutputFile finds
void save_image(const std::filesystem::path& path, const Image& image, const SaveOptions& options = {});

/// Throws what save_image would, if anything, because of the name or the place: to ask before a long run.
void check_output(const std::filesystem::path& path, SaveFormat format = SaveFormat::by_name);

/// The text chunks of a PNG or the comments of a JPEG; foreign ones, too. Empty where there are none.
///
/// throws    for what is missing, or neither PNG nor JPEG
Recipe read_recipe(const std::filesystem::path& path);
Recipe decode_recipe(std::span<const std::byte> bytes, const std::string& name);

}  // namespace gradus
