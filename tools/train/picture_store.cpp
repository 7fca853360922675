#include "tools/train/picture_store.h"

#include <algorithm>
#include <utility>

#include "engine/error.h"

namespace gradus {

PictureStore::PictureStore(std::vector<Sample> samples, int enough, std::size_t memory)
    : samples_(std::move(samples)), enough_(enough), memory_(memory), kept_(samples_.size()) {}

std::shared_ptr<const BytePicture> PictureStore::picture(int n) {
    const auto at = static_cast<std::size_t>(n);
    {
        const std::lock_guard lock(mutex_);
        if (kept_[at]) return kept_[at];
        if (unreadable_.contains(n)) return nullptr;
    }
    // Decoded outside of the lock. Two threads that want the same picture at once both decode it.
    std::shared_ptr<const BytePicture> decoded;
    std::string why;
    try {
        BytePicture picture = load_bytes(samples_[at].file);
        while (std::min(picture.width, picture.height) / 2 >= enough_) picture = halved(picture);
        decoded = std::make_shared<const BytePicture>(std::move(picture));
    } catch (const Error& error) {
        why = error.what();
    }
    const std::lock_guard lock(mutex_);
    if (!decoded) {
        unreadable_.emplace(n, why);
    } else if (!kept_[at] && decoded->rgb.size() <= memory_ - bytes_) {
        bytes_ += decoded->rgb.size();
        kept_[at] = decoded;
    }
    return decoded;
}

std::size_t PictureStore::bytes() const {
    const std::lock_guard lock(mutex_);
    return bytes_;
}

std::vector<std::string> PictureStore::unreadable() const {
    const std::lock_guard lock(mutex_);
    std::vector<std::string> sentences;
    for (const auto& [n, why] : unreadable_) sentences.push_back(why);
    return sentences;
}

}  // namespace gradus
