#include "tools/image/byte_picture.h"

#include "tools/image/image.h"
#include "tools/image/picture_file.h"

namespace gradus {

BytePicture load_bytes(const std::filesystem::path& path) {
    const Image image = decode_image(picture_bytes(path), picture_name(path));
    BytePicture picture{image.width, image.height, std::vector<std::uint8_t>(image.rgb.size())};
    for (std::size_t i = 0; i < image.rgb.size(); ++i)
        picture.rgb[i] = static_cast<std::uint8_t>(image.rgb[i] * 255.0f + 0.5f);
    return picture;
}

BytePicture halved(const BytePicture& picture) {
    BytePicture half{picture.width / 2, picture.height / 2};
    half.rgb.reserve(static_cast<std::size_t>(half.width) * static_cast<std::size_t>(half.height) * 3);
    for (int y = 0; y < half.height; ++y) {
        const std::uint8_t *above = picture.row(2 * y), *below = picture.row(2 * y + 1);
        for (int x = 0; x < half.width; ++x, above += 6, below += 6)
            for (int c = 0; c < 3; ++c)
                half.rgb.push_back(
                    static_cast<std::uint8_t>((above[c] + above[c + 3] + below[c] + below[c + 3] + 2) / 4));
    }
    return half;
}

}  // namespace gradus
