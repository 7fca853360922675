#pragma once
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tools/video/video_reader.h"

namespace gradus {

/// How frames become a video.
struct VideoFormat {
    int width = 0, height = 0;
    FrameRate rate = {};
    std::string codec = {};  // empty: the usual one of the file's ending
    std::string name = {};   // of the whole, for messages
};

/// The codec that players of such files expect.
///
/// throws    "x.wmv: found the extension ".wmv", expected .mp4, .mkv, .mov, .avi or .webm"
std::string usual_codec(const std::filesystem::path& file);

/// Writes frames to a video file; ffmpeg encodes. Codecs that keep every byte get RGB, all others 4:2:0 in the colors
/// of BT.709, of which an odd last row or column is left out. Without frames that look ahead, so that such files can be
/// joined.
class VideoWriter {
public:
    VideoWriter(const std::filesystem::path& file, const VideoFormat& format);

    /// shapes    rgb (height, width, 3), 0..255
    void write(std::span<const std::byte> rgb);
    /// throws    "out.mp4: cannot be written with the codec libx265x (ffmpeg: ...), --codec names another"
    void finish();

private:
    std::string name_, codec_;
    std::unique_ptr<Process> ffmpeg_;
    bool broken_ = false;
};

/// Where the sound of a video comes from, and how much of it.
struct Sound {
    std::filesystem::path file;
    std::optional<double> seconds = {};  // all of it
};

/// Videos that become one.
struct Joined {
    std::vector<std::filesystem::path> parts = {};  // of one folder
    std::filesystem::path list = {};                // a file to name them in, there
    std::optional<Sound> sound = {};
    std::string comment = {};
    std::string name = {};  // for messages
};

/// Videos one after the other as one, and the sound: everything is copied as it is.
///
/// throws    "out.mp4: cannot be joined from its parts (ffmpeg: ...)"; with sound, "... and the sound of in.avi
///           (ffmpeg: ...); -o NAME.mkv holds any"
void join_videos(const Joined& joined, const std::filesystem::path& to);

}  // namespace gradus
