#include "tools/process/ffmpeg.h"

#include "engine/in_quotes.h"
#include "engine/require.h"

namespace gradus {
namespace {

std::unique_ptr<Process> start(std::vector<std::string> all, const std::vector<std::string>& words,
                               const std::string& advice) {
    all.insert(all.end(), words.begin(), words.end());
    return std::make_unique<Process>(all, advice);
}

}  // namespace

std::unique_ptr<Process> start_ffmpeg(const std::vector<std::string>& words, const std::string& advice) {
    return start({"ffmpeg", "-hide_banner", "-nostdin", "-v", "error", "-y"}, words, advice);
}

std::unique_ptr<Process> start_ffprobe(const std::vector<std::string>& words) {
    return start({"ffprobe", "-hide_banner", "-v", "error"}, words, "install ffmpeg");
}

std::string as_word(const std::filesystem::path& file) {
    std::error_code failed;
    const std::filesystem::path whole = std::filesystem::absolute(file, failed);
    require(!failed, "{}: is in no folder ({})", file.string(), failed.message());
    return whole.string();
}

std::string as_said(const Process& process) {
    std::string_view line = process.said();
    line = line.substr(0, line.find_first_of("\r\n"));
    // "[mov,mp4 @ 0x55d0] moov atom not found": who says it, at an address of its own, helps nobody.
    if (const auto end = line.find("] "); line.starts_with('[') && end != line.npos) line.remove_prefix(end + 2);
    return line.empty() ? std::string() : fmt::format(" (ffmpeg: {})", in_quotes(line));
}

}  // namespace gradus
