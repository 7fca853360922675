#include "tools/video/video_writer.h"

#include <algorithm>

#include "engine/in_quotes.h"
#include "engine/require.h"
#include "weights/output_file.h"

namespace gradus {
namespace {

namespace fs = std::filesystem;

struct Container {
    const char* ending;
    const char* codec;
};
const std::vector<Container> containers = {
    {".mp4", "libx264"}, {".mkv", "libx264"}, {".mov", "libx264"}, {".avi", "libx264"}, {".webm", "libvpx-vp9"}};

/// What a codec is told so that nothing is seen of its losses.
struct Codec {
    const char* name;
    std::vector<std::string> words;
    bool keeps_rgb = false;
};
const std::vector<Codec> codecs = {{"libx264", {"-crf", "18"}},
                                   {"libx265", {"-crf", "20", "-x265-params", "log-level=error"}},
                                   {"libvpx-vp9", {"-crf", "24", "-b:v", "0", "-row-mt", "1"}},
                                   {"mpeg4", {"-q:v", "3"}},
                                   {"mjpeg", {"-q:v", "2"}},
                                   {"ffv1", {}, true},
                                   {"libx264rgb", {"-crf", "0"}, true},
                                   {"png", {}, true},
                                   {"rawvideo", {}, true},
                                   {"utvideo", {}, true}};

std::vector<std::string> words_of(const std::string& codec) {
    const auto found = std::find_if(codecs.begin(), codecs.end(), [&](const Codec& c) { return codec == c.name; });
    std::vector<std::string> words = {"-c:v", codec, "-bf", "0"};
    if (found != codecs.end()) words.insert(words.end(), found->words.begin(), found->words.end());
    if (found != codecs.end() && found->keeps_rgb) return words;
    for (const char* word :
         {"-vf",
          "crop=trunc(iw/2)*2:trunc(ih/2)*2:0:0,scale=out_color_matrix=bt709:out_range=tv:flags="
          "accurate_rnd+full_chroma_int+bicubic,format=yuv420p",
          "-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709", "-color_range", "tv"})
        words.emplace_back(word);
    return words;
}

}  // namespace

std::string usual_codec(const fs::path& file) {
    const std::string ending = file.extension().string();
    const auto found =
        std::find_if(containers.begin(), containers.end(), [&](const Container& c) { return ending == c.ending; });
    require(found != containers.end(), "{}: found the extension {}, expected .mp4, .mkv, .mov, .avi or .webm",
            file.string(), in_quotes(ending));
    return found->codec;
}

VideoWriter::VideoWriter(const fs::path& file, const VideoFormat& format)
    : name_(format.name), codec_(format.codec.empty() ? usual_codec(file) : format.codec) {
    std::vector<std::string> words = {
        "-f", "rawvideo",       "-pix_fmt", "rgb24", "-s", fmt::format("{}x{}", format.width, format.height),
        "-r", format.rate.text, "-i",       "pipe:0"};
    for (const std::string& word : words_of(codec_)) words.push_back(word);
    words.push_back(as_word(file));
    ffmpeg_ = start_ffmpeg(words, "install ffmpeg, or write numbered pictures with -o NAME.png");
}

void VideoWriter::write(std::span<const std::byte> rgb) { broken_ = broken_ || !ffmpeg_->write(rgb); }

void VideoWriter::finish() {
    const bool well = ffmpeg_->wait() == 0 && !broken_;
    require(well, "{}: cannot be written with the codec {}{}; --codec names another", name_, in_quotes(codec_),
            as_said(*ffmpeg_));
}

void join_videos(const Joined& j, const fs::path& to) {
    std::string text = "ffconcat version 1.0\n";
    for (const fs::path& part : j.parts) text += fmt::format("file {}\n", part.filename().string());
    OutputFile named(j.list);
    named.write(std::as_bytes(std::span(text)));
    named.commit();
    std::vector<std::string> words = {"-f", "concat", "-safe", "0", "-i", as_word(j.list)};
    const auto add = [&](const std::vector<std::string>& more) { words.insert(words.end(), more.begin(), more.end()); };
    if (j.sound) add({"-protocol_whitelist", "file", "-i", as_word(j.sound->file)});
    add({"-map", "0:v"});
    if (j.sound) add({"-map", "1:a"});
    add({"-c", "copy", "-movflags", "+faststart", "-metadata", "comment=" + j.comment});
    if (j.sound && j.sound->seconds) add({"-t", fmt::format("{:.6f}", *j.sound->seconds)});
    words.push_back(as_word(to));
    const auto ffmpeg = start_ffmpeg(words);
    const bool well = ffmpeg->wait() == 0;
    require(well || !j.sound, "{}: cannot be joined from its parts and the sound of {}{}; -o NAME.mkv holds any",
            j.name, j.sound ? j.sound->file.string() : "", as_said(*ffmpeg));
    require(well, "{}: cannot be joined from its parts{}", j.name, as_said(*ffmpeg));
}

}  // namespace gradus
