#include "tools/image/stb.h"

#include <algorithm>
#include <cstring>
#include <memory>

#include "engine/require.h"
#include "tools/image/format.h"

// The libraries' code, private to this file, so that it does not meet another copy in a program that links us.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-function"
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"
#pragma GCC diagnostic ignored "-Wshadow"
#pragma GCC diagnostic ignored "-Wunused-parameter"
#if !defined(__clang__)
#pragma GCC diagnostic ignored "-Wstringop-overflow"
#endif
#define STB_IMAGE_STATIC
#define STB_IMAGE_IMPLEMENTATION
#define STBI_NO_STDIO
#define STBI_NO_LINEAR
#define STBI_NO_HDR
#define STBI_ONLY_PNG
#define STBI_ONLY_JPEG
#define STBI_ONLY_BMP
#define STBI_ONLY_GIF
#include "tools/image/stb/stb_image.h"
#define STB_IMAGE_WRITE_STATIC
#define STB_IMAGE_WRITE_IMPLEMENTATION
#define STBI_WRITE_NO_STDIO
#include "tools/image/stb/stb_image_write.h"
#pragma GCC diagnostic pop

namespace gradus {
namespace {

/// Gives stb the file piece by piece, and notes when it asks for more than there is: by itself it would go on with
/// zeros and return a picture whose lower part is gray.
struct Source {
    std::span<const std::byte> bytes;
    std::size_t at = 0;
    bool beyond = false;

    static int read(void* self, char* out, int size) {
        auto& source = *static_cast<Source*>(self);
        const auto n = std::min(source.bytes.size() - source.at, static_cast<std::size_t>(size));
        if (n == 0)
            source.beyond = true;
        else
            std::memcpy(out, source.bytes.data() + source.at, n);
        source.at += n;
        return static_cast<int>(n);
    }
    static void skip(void* self, int size) {
        auto& source = *static_cast<Source*>(self);
        source.at = std::min(source.bytes.size(), source.at + static_cast<std::size_t>(std::max(size, 0)));
    }
    static int eof(void* self) {
        const auto& source = *static_cast<Source*>(self);
        return source.at == source.bytes.size();
    }
};

constexpr stbi_io_callbacks callbacks{Source::read, Source::skip, Source::eof};

/// Pixels that a byte of the file can hold. Where the file ends, the decoder would go on with zeros, for seconds.
std::size_t densest(PictureFormat format) {
    switch (format) {
        case PictureFormat::bmp:
            return 8;  // not compressed
        case PictureFormat::jpeg:
            return 1024;  // of a progressive one, a bit for a block of 64, and twice that to be safe
        default:
            return 8256;
    }
}

/// Channels as stb has them: gray, gray and alpha, RGB, or RGB and alpha.
template <class T>
void spread(const T* from, int channels, float most, Image& image) {
    const auto step = static_cast<std::size_t>(channels);
    const std::size_t pixels = image.rgb.size() / 3, green = channels > 2 ? 1 : 0, blue = channels > 2 ? 2 : 0;
    bool opaque = true;
    for (std::size_t i = 0; i < pixels; ++i) {
        const T* pixel = from + i * step;
        image.rgb[3 * i] = static_cast<float>(pixel[0]) / most;
        image.rgb[3 * i + 1] = static_cast<float>(pixel[green]) / most;
        image.rgb[3 * i + 2] = static_cast<float>(pixel[blue]) / most;
        opaque = opaque && (channels % 2 == 1 || static_cast<float>(pixel[channels - 1]) / most >= 1.0f);
    }
    if (opaque) return;
    image.alpha.emplace(pixels);
    for (std::size_t i = 0; i < pixels; ++i) (*image.alpha)[i] = static_cast<float>(from[(i + 1) * step - 1]) / most;
}

/// What stb found; some failures have no words of its own.
std::string failure() {
    const char* reason = stbi_failure_reason();
    return reason ? reason : "it ends too early, or is damaged";
}

}  // namespace

Image decode_with_stb(std::span<const std::byte> bytes, const std::string& name) {
    const auto* start = reinterpret_cast<const stbi_uc*>(bytes.data());
    const int size = static_cast<int>(bytes.size());
    int width = 0, height = 0, channels = 0;
    require(stbi_info_from_memory(start, size, &width, &height, &channels) != 0,
            "{}: the header cannot be read ({}), expected an intact picture", name, failure());
    check_size(width, std::abs(static_cast<std::int64_t>(height)), bytes.size(),
               name,  // a BMP from the top: height < 0
               densest(format_of(bytes, name)));

    Source source{bytes};
    const bool deep = stbi_is_16_bit_from_memory(start, size) != 0;
    void* decoded =
        deep ? static_cast<void*>(stbi_load_16_from_callbacks(&callbacks, &source, &width, &height, &channels, 0))
             : stbi_load_from_callbacks(&callbacks, &source, &width, &height, &channels, 0);
    const std::unique_ptr<void, void (*)(void*)> owner(decoded, stbi_image_free);
    require(!source.beyond, "{}: ends after {} bytes, in the middle of the picture, expected all of it", name,
            bytes.size());
    require(decoded != nullptr, "{}: cannot be decoded ({}), expected an intact picture", name, failure());

    Image image;
    image.width = width;
    image.height = height;
    image.gray = channels <= 2;
    image.rgb.resize(static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * 3);
    if (deep)
        spread(static_cast<const stbi_us*>(decoded), channels, 65535.0f, image);
    else
        spread(static_cast<const stbi_uc*>(decoded), channels, 255.0f, image);
    return image;
}

std::vector<std::byte> encode_jpeg(int width, int height, int channels, std::span<const std::uint8_t> pixels,
                                   int quality) {
    std::vector<std::byte> out;
    const auto append = [](void* to, void* data, int size) {
        const auto* from = static_cast<const std::byte*>(data);
        static_cast<std::vector<std::byte>*>(to)->insert(static_cast<std::vector<std::byte>*>(to)->end(), from,
                                                         from + size);
    };
    stbi_write_jpg_to_func(append, &out, width, height, channels, pixels.data(), quality);
    return out;
}

}  // namespace gradus
