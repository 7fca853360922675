#pragma once
#include <optional>

#include "tools/image/image.h"
#include "tools/image/resized.h"
#include "tools/video/video_parts.h"

namespace gradus {

/// Throws what would come of the name or the place of a video or of numbered pictures: to ask before a long run.
void check_frame_output(const std::string& file);

/// Where the frames of a run go: into a video, or into numbered pictures, "zoom.png" -> "zoom-0001.png".
class FrameOutput {
public:
    struct Options {
        std::string file;
        std::filesystem::path folder;  // for what is not whole yet
        PictureSize size = {};
        FrameRate rate = {};
        std::string codec = {};
        std::string sound_of = {};  // a video whose sound goes along; empty: none
        Recipe recipe = {};
    };
    /// throws    where a video cannot be written: without ffmpeg, with a codec that it does not have, with a sound that
    ///           does not go into such a file
    explicit FrameOutput(Options options);

    /// Frame `index`, from 0.
    void keep(int index, const Image& frame) const;
    /// So many frames are done for good.
    void settle(int frames) const;
    /// They are all. `cut`: the sound may be longer.
    void finish(int frames, bool cut) const;
    /// Removes what is kept of frames, of this run or of one whose state is gone.
    void clear() const;

private:
    std::optional<Sound> sound(std::optional<double> seconds) const;

    Options o_;
    std::optional<VideoParts> parts_ = {};
};

}  // namespace gradus
