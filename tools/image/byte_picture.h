#pragma once
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <vector>

namespace gradus {

/// A picture in 8 bits a channel: a quarter of an Image, for who keeps many.
///
/// shapes    rgb (height, width, 3)
struct BytePicture {
    int width = 0, height = 0;
    std::vector<std::uint8_t> rgb = {};

    const std::uint8_t* row(int y) const {
        return rgb.data() + static_cast<std::size_t>(y) * static_cast<std::size_t>(width) * 3;
    }
};

/// What load_image reads, rounded to 8 bits; transparency stays behind, and it is not noted. Throws what load_image
/// does.
BytePicture load_bytes(const std::filesystem::path& path);

/// Half as wide and high, each pixel the mean of four, rounded; an odd last row or column is left out.
BytePicture halved(const BytePicture& picture);

}  // namespace gradus
