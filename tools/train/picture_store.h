#pragma once
#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "tools/image/byte_picture.h"
#include "tools/train/dataset.h"

namespace gradus {

/// The pictures of a data set, decoded at most once as long as there is room: those that come first stay, since each
/// epoch wants every one once, and what has to go is all the same. Any thread may ask.
class PictureStore {
public:
    /// Keeps so many bytes of pixels at most; others are decoded each time they are asked for. Pictures are halved as
    /// long as their shorter side keeps `enough` pixels.
    PictureStore(std::vector<Sample> samples, int enough, std::size_t memory);

    int size() const { return static_cast<int>(samples_.size()); }
    int label(int n) const { return samples_[static_cast<std::size_t>(n)].label; }

    /// Picture n; nothing where it cannot be read, which is tried once.
    std::shared_ptr<const BytePicture> picture(int n);

    std::size_t bytes() const;
    /// Why, of each picture that could not be read so far, in order of their numbers.
    std::vector<std::string> unreadable() const;

private:
    const std::vector<Sample> samples_;
    const int enough_;
    const std::size_t memory_;
    mutable std::mutex mutex_;  // of all below
    std::vector<std::shared_ptr<const BytePicture>> kept_;
    std::map<int, std::string> unreadable_;
    std::size_t bytes_ = 0;
};

}  // namespace gradus
