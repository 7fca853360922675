#pragma once
#include <filesystem>
#include <fstream>
#include <string>

#include "tests/temp_folder.h"
#include "tools/image/byte_picture.h"
#include "tools/train/draws.h"

namespace gradus::test {

/// A picture of noise: another one for each number.
inline BytePicture noise_picture(int width, int height, int number) {
    const Draws draws("noise", 0, 0, number);
    BytePicture picture{width, height, {}};
    for (int e = 0; e < width * height * 3; ++e) picture.rgb.push_back(static_cast<std::uint8_t>(draws.below(e, 256)));
    return picture;
}

inline BytePicture plain_picture(int width, int height, std::uint8_t r, std::uint8_t g, std::uint8_t b) {
    BytePicture picture{width, height, {}};
    for (int i = 0; i < width * height; ++i) picture.rgb.insert(picture.rgb.end(), {r, g, b});
    return picture;
}

inline std::string ppm_of(const BytePicture& picture) {
    return "P6 " + std::to_string(picture.width) + " " + std::to_string(picture.height) + " 255\n" +
           std::string(picture.rgb.begin(), picture.rgb.end());
}

/// Writes a file of these bytes, and the folders above it.
inline std::filesystem::path put(const std::filesystem::path& file, const std::string& bytes) {
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << bytes;
    return file;
}

}  // namespace gradus::test
