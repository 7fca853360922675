#include "tools/video/video_reader.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "engine/require.h"

namespace gradus {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

/// Pixels square, the picture as it is to be seen.
const std::string upright = "scale=iw*sar:ih,setsar=1";

/// "30000/1001"; 0 where there is no such number.
double number_of(const std::string& text) {
    const auto slash = text.find('/');
    const double over = std::strtod(text.c_str(), nullptr);
    const double under = slash == text.npos ? 1 : std::strtod(text.c_str() + slash + 1, nullptr);
    return under > 0 && std::isfinite(over) ? std::max(over / under, 0.0) : 0;
}

std::string text_in(const json& stream, const char* key) {
    const auto found = stream.find(key);
    return found != stream.end() && found->is_string() ? found->get<std::string>() : std::string();
}

/// "00:01:02.5", as Matroska's tags say how long a stream is; 0 where there is no such text.
double seconds_of(const std::string& text) {
    int hours = 0, minutes = 0;
    double seconds = 0;
    const bool well = std::sscanf(text.c_str(), "%4d:%2d:%lf", &hours, &minutes, &seconds) == 3;
    return well && std::isfinite(seconds) ? hours * 3600.0 + minutes * 60.0 + seconds : 0;
}

/// How many frames a stream has, if the file says so.
double frames_of(const json& stream, double per_second) {
    const double frames = number_of(text_in(stream, "nb_frames"));
    if (frames > 0 || !stream.contains("tags")) return frames;
    return seconds_of(text_in(stream["tags"], "DURATION")) * per_second;
}

/// What ffprobe says of a file's streams.
json streams_of(const fs::path& file) {
    const auto ffprobe = start_ffprobe({"-protocol_whitelist", "file", "-show_entries",
                                        "stream=codec_type,r_frame_rate,avg_frame_rate,nb_frames:stream_disposition="
                                        "attached_pic:stream_tags=DURATION",
                                        "-of", "json", as_word(file)});
    std::string text;
    std::array<std::byte, 4096> piece;
    while (const std::size_t n = ffprobe->read(piece)) text.append(reinterpret_cast<const char*>(piece.data()), n);
    const bool well = ffprobe->wait() == 0;
    const json all = json::parse(text, nullptr, false);
    require(well && all.is_object() && all.contains("streams"), "{}: found no video{}", file.string(),
            as_said(*ffprobe));
    return all["streams"];
}

/// The first frame, which is as they will be decoded, whatever the header says.
Image first_frame(const fs::path& file) {
    const auto ffmpeg = start_ffmpeg({"-protocol_whitelist", "file", "-i", as_word(file), "-map", "0:V:0", "-frames:v",
                                      "1", "-vf", upright, "-f", "image2pipe", "-c:v", "ppm", "pipe:1"});
    std::vector<std::byte> ppm, piece(1 << 16);
    while (const std::size_t n = ffmpeg->read(piece))
        ppm.insert(ppm.end(), piece.begin(), piece.begin() + static_cast<std::ptrdiff_t>(n));
    const bool well = ffmpeg->wait() == 0 && !ppm.empty();
    require(well, "{}: no frame of it can be read{}", file.string(), as_said(*ffmpeg));
    return decode_image(ppm, file.string());
}

}  // namespace

bool is_video(const fs::path& file) {
    static const std::vector<std::string> endings = {".mp4", ".m4v", ".mkv", ".mov", ".avi", ".webm", ".mpg", ".mpeg",
                                                     ".y4m", ".ogv", ".wmv", ".flv", ".ts",  ".mts",  ".3gp", ".nut"};
    std::string ending = file.extension().string();
    for (char& c : ending) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return std::find(endings.begin(), endings.end(), ending) != endings.end();
}

VideoInfo video_info(const fs::path& file) {
    std::error_code unknown;  // ffprobe says then what is wrong
    require(fs::exists(file, unknown) || unknown, "{}: found no such file", file.string());
    VideoInfo info;
    bool found = false;
    for (const json& stream : streams_of(file)) {
        const std::string kind = text_in(stream, "codec_type");
        info.sound |= kind == "audio";
        const bool cover = stream.contains("disposition") && stream["disposition"].value("attached_pic", 0) == 1;
        if (kind != "video" || cover || found) continue;
        found = true;
        // Of frames that are equally long, the first is exact; of others, it is that of the shortest.
        const std::string exact = text_in(stream, "r_frame_rate"), mean = text_in(stream, "avg_frame_rate");
        const bool even = number_of(mean) == 0 || std::abs(number_of(exact) / number_of(mean) - 1) < 0.01;
        info.rate = {even ? exact : mean, number_of(even ? exact : mean)};
        if (const double frames = frames_of(stream, info.rate.per_second); frames > 0) info.frames = frames;
    }
    require(found, "{}: found no video stream, expected one", file.string());
    require(info.rate.per_second > 0, "{}: does not say its frame rate, expected frames per second", file.string());
    const Image first = first_frame(file);
    info.width = first.width;
    info.height = first.height;
    return info;
}

VideoReader::VideoReader(const fs::path& file, const VideoInfo& info, const FrameRate& rate, int first)
    : name_(file.string()),
      info_(info),
      rate_(rate.per_second),
      frame_(first),
      bytes_(static_cast<std::size_t>(info.width) * static_cast<std::size_t>(info.height) * 3),
      ffmpeg_(start_ffmpeg({"-protocol_whitelist", "file", "-i", as_word(file), "-map", "0:V:0", "-vf",
                            fmt::format("fps=fps={}:start_time=0,trim=start_frame={},setpts=PTS-STARTPTS,"
                                        "scale={}:{}:flags=accurate_rnd+full_chroma_int+bicubic,setsar=1",
                                        rate.text, first, info.width, info.height),
                            "-f", "rawvideo", "-pix_fmt", "rgb24", "pipe:1"})) {}

std::optional<Image> VideoReader::next() {
    const std::size_t came = ffmpeg_->read(bytes_);
    if (came < bytes_.size()) {
        require_whole(came);
        return std::nullopt;
    }
    ++frame_;
    Image frame{.width = info_.width, .height = info_.height, .rgb = std::vector<float>(bytes_.size())};
    for (std::size_t i = 0; i < bytes_.size(); ++i) frame.rgb[i] = static_cast<float>(bytes_[i]) / 255;
    return frame;
}

/// A damaged end: a part of a frame, or ffmpeg says so. It also complains of what it could mend, so what it says counts
/// only where frames are missing.
void VideoReader::require_whole(std::size_t came) {
    const bool well = ffmpeg_->wait() == 0;
    const bool short_of =
        info_.frames && !ffmpeg_->said().empty() && frame_ < *info_.frames * rate_ / info_.rate.per_second - 1.5;
    require(came == 0 && well && !short_of, "{}: ends in the middle of frame {}{}{}", name_, frame_ + 1,
            as_said(*ffmpeg_), frame_ > 0 ? fmt::format("; --frames {} ends before it", frame_) : "");
}

}  // namespace gradus
