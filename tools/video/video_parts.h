#pragma once
#include "tools/video/video_writer.h"

namespace gradus {

/// A video on its way, in a folder: segments of about a second, and the frames of the one that is not full yet, as they
/// are. So a run may end at any moment, and one that goes on makes the same segments, hence the same bytes.
///
/// cost      on the disk: the segments, and the frames of one, 3 bytes a pixel
class VideoParts {
public:
    /// The video will be `output`; `format` is that of all frames.
    VideoParts(std::filesystem::path folder, std::filesystem::path output, VideoFormat format);

    /// Makes a segment of nothing and joins it with the sound: so that what cannot be written is known before the first
    /// frame. Throws as VideoWriter and join_videos do.
    void check(const std::optional<Sound>& sound) const;
    /// Frame `index`, from 0.
    void keep(int index, const Image& frame) const;
    /// So many frames are kept for good: what is full becomes a segment.
    ///
    /// throws    "out.mp4.parts: part-00003.mp4 is missing, remove the folder to begin anew"
    void settle(int frames) const;
    /// All of so many as one video, in the place of the output.
    void join(int frames, const std::optional<Sound>& sound, const std::string& comment) const;
    /// Removes what it has put into the folder.
    void clear() const;

private:
    std::filesystem::path frame_file(int index) const;
    std::filesystem::path part(int number) const;
    std::filesystem::path named(const std::string& name) const;
    void encode(int first, int end, const std::filesystem::path& to) const;

    std::filesystem::path folder_, output_;
    VideoFormat format_;
    int segment_ = 1;
};

}  // namespace gradus
