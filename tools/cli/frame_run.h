#pragma once
#include <filesystem>

#include "tools/image/image.h"
#include "tools/search/checkpoint.h"

namespace gradus {

/// A run that makes one frame after the other and may end at any moment: a folder beside its output holds the settings,
/// how many frames are done, and the last one, bit for bit. The same command goes on from there.
///
/// throws    "out.mp4.parts/state: was made with --steps 10, now 20 was asked for"; where another run is at work in the
///           folder, and where it cannot be made
class FrameRun {
public:
    FrameRun(const std::filesystem::path& output, const RunSettings& settings);
    ~FrameRun();
    FrameRun(const FrameRun&) = delete;
    FrameRun& operator=(const FrameRun&) = delete;

    const std::filesystem::path& folder() const { return folder_; }
    int done() const { return done_; }
    /// The last frame that was done; empty before the first.
    const Image& last() const { return last_; }

    void did(const Image& frame);
    /// The output is whole: removes what it keeps, and the folder, unless somebody else has put something there.
    void clear();

private:
    std::filesystem::path folder_, file_;
    RunSettings settings_;
    int done_ = 0, lock_ = -1;
    Image last_ = {};
};

}  // namespace gradus
