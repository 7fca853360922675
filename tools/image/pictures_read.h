#pragma once
#include <span>
#include <string>
#include <vector>

namespace gradus {

/// A picture's file that was read, so that a recipe can say what a picture was made of.
struct PictureRead {
    std::string name;
    std::string sha256;  // of the file's bytes
};

/// What load_image has read in this process, and what was noted besides, in order.
std::vector<PictureRead> pictures_read();
void note_picture_read(const std::string& name, std::span<const std::byte> bytes);

/// Forgets all behind the first `keep`: of many photographs, what one was made with is nothing to the next.
void forget_pictures_read(std::size_t keep);

}  // namespace gradus
