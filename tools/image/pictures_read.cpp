#include "tools/image/pictures_read.h"

#include <algorithm>
#include <mutex>

#include "weights/sha256.h"

namespace gradus {
namespace {

std::mutex guard;
std::vector<PictureRead> all;

}  // namespace

std::vector<PictureRead> pictures_read() {
    const std::lock_guard lock(guard);
    return all;
}

void note_picture_read(const std::string& name, std::span<const std::byte> bytes) {
    PictureRead read{name, sha256(bytes)};
    const std::lock_guard lock(guard);
    all.push_back(std::move(read));
}

void forget_pictures_read(std::size_t keep) {
    const std::lock_guard lock(guard);
    all.resize(std::min(all.size(), keep));
}

}  // namespace gradus
