#include "tools/video/ffmpeg.h"

#include <fmt/format.h>

#include "engine/in_quotes.h"

namespace gradus {
namespace {

const std::string advice = "install ffmpeg, or write numbered pictures with -o NAME.png";

std::unique_ptr<Process> start(std::vector<std::string> all, const std::vector<std::string>& words) {
    all.insert(all.end(), words.begin(), words.end());
    return std::make_unique<Process>(all, advice);
}

}  // namespace

std::unique_ptr<Process> start_ffmpeg(const std::vector<std::string>& words) {
    return start({"ffmpeg", "-hide_banner", "-nostdin", "-v", "error", "-y"}, words);
}

std::unique_ptr<Process> start_ffprobe(const std::vector<std::string>& words) {
    return start({"ffprobe", "-hide_banner", "-v", "error"}, words);
}

std::string as_word(const std::filesystem::path& file) { return std::filesystem::absolute(file).string(); }

std::string as_said(const Process& process) {
    std::string_view line = process.said();
    line = line.substr(0, line.find_first_of("\r\n"));
    // "[mov,mp4 @ 0x55d0] moov atom not found": who says it, at an address of its own, helps nobody.
    if (const auto end = line.find("] "); line.starts_with('[') && end != line.npos) line.remove_prefix(end + 2);
    return line.empty() ? std::string() : fmt::format(" (ffmpeg: {})", in_quotes(line));
}

}  // namespace gradus
