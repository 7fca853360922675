#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "tools/image/image.h"
#include "tools/process/ffmpeg.h"

namespace gradus {

/// Frames per second: exact as text, such as 30000/1001.
struct FrameRate {
    std::string text = "30";
    double per_second = 30;
};

struct VideoInfo {
    int width = 0, height = 0;          // as it is seen: turned upright, pixels made square
    FrameRate rate = {};                // the mean, where frames are not equally long
    std::optional<double> frames = {};  // as the file says, if it does
    bool sound = false;
};

/// Whether the name ends as those of videos do.
bool is_video(const std::filesystem::path& file);

/// What a video is.
///
/// throws    "in.mp4: found no such file"; "in.mp3: found no video stream, expected one"; "in.mp4: no frame of it can
///           be read (ffmpeg: ...)"; without ffmpeg
VideoInfo video_info(const std::filesystem::path& file);

/// The frames of a video, one after the other, equally long: ffmpeg decodes, and not further than a few frames ahead.
/// Nothing but files is opened, whatever a playlist in it says.
class VideoReader {
public:
    /// From frame `first` on, at this rate.
    VideoReader(const std::filesystem::path& file, const VideoInfo& info, const FrameRate& rate, int first);

    /// The next one; none at the end.
    ///
    /// throws    "in.mp4: ends in the middle of frame 13 (ffmpeg: ...); --frames 12 ends before it"
    std::optional<Image> next();

private:
    void require_whole(std::size_t came);

    std::string name_;
    VideoInfo info_;
    double rate_;
    int frame_;
    std::vector<std::byte> bytes_;
    std::unique_ptr<Process> ffmpeg_;
};

}  // namespace gradus
