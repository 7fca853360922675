#include "tools/video/video_parts.h"

#include <algorithm>
#include <cmath>

#include "engine/require.h"
#include "weights/input_file.h"
#include "weights/output_file.h"

namespace gradus {
namespace {

namespace fs = std::filesystem;

std::vector<std::byte> bytes_of(const Image& frame) {
    std::vector<std::byte> bytes(frame.rgb.size());
    for (std::size_t i = 0; i < bytes.size(); ++i)
        bytes[i] = static_cast<std::byte>(std::lround(std::clamp(frame.rgb[i], 0.0f, 1.0f) * 255));
    return bytes;
}

bool there(const fs::path& file) {
    std::error_code failed;
    const bool found = fs::exists(file, failed);
    require(!failed, "{}: cannot be read ({})", file.string(), failed.message());
    return found;
}

void take_away(const fs::path& file) {
    std::error_code failed;
    fs::remove(file, failed);
    require(!failed, "{}: cannot be removed ({})", file.string(), failed.message());
}

}  // namespace

VideoParts::VideoParts(fs::path folder, fs::path output, VideoFormat format)
    : folder_(std::move(folder)),
      output_(std::move(output)),
      format_(std::move(format)),
      segment_(static_cast<int>(std::lround(std::clamp(format_.rate.per_second, 1.0, 1e6)))) {}

fs::path VideoParts::named(const std::string& name) const { return folder_ / (name + output_.extension().string()); }
fs::path VideoParts::part(int number) const { return named(fmt::format("part-{:05}", number)); }
fs::path VideoParts::frame_file(int index) const { return folder_ / fmt::format("frame-{:06}.rgb", index); }

void VideoParts::check(const std::optional<Sound>& sound) const {
    const fs::path one = named("trial"), both = named("trial-with-sound"), list = folder_ / "list.txt";
    const auto away = [&] {
        std::error_code ignored;  // what went wrong before matters more, and clear() comes by again
        for (const fs::path& file : {one, both, list}) fs::remove(file, ignored);
    };
    try {
        VideoWriter writer(one, format_);
        const std::vector<std::byte> gray(
            static_cast<std::size_t>(format_.width) * static_cast<std::size_t>(format_.height) * 3, std::byte{128});
        for (int frame = 0; frame < 2; ++frame) writer.write(gray);
        writer.finish();
        std::optional<Sound> some = sound;
        if (some) some->seconds = 0.1;
        join_videos({.parts = {one}, .list = list, .sound = some, .name = format_.name}, both);
    } catch (...) {
        away();
        throw;
    }
    away();
}

void VideoParts::keep(int index, const Image& frame) const {
    OutputFile file(frame_file(index));
    file.write(bytes_of(frame));
    file.commit();
}

void VideoParts::encode(int first, int end, const fs::path& to) const {
    const fs::path unfinished = named("unfinished");
    VideoWriter writer(unfinished, format_);
    const std::size_t bytes = static_cast<std::size_t>(format_.width) * static_cast<std::size_t>(format_.height) * 3;
    for (int i = first; i < end; ++i) {
        const std::vector<std::byte> frame = read_file(frame_file(i), "a frame", bytes);
        require(frame.size() == bytes, "{}: holds {} bytes, expected {}", frame_file(i).string(), frame.size(), bytes);
        writer.write(frame);
    }
    writer.finish();
    put_in_place(unfinished, to);
}

void VideoParts::settle(int frames) const {
    for (int number = 0; (number + 1) * segment_ <= frames; ++number) {
        const int first = number * segment_, end = first + segment_;
        if (!there(part(number))) {
            require(there(frame_file(first)), "{}: {} is missing, remove the folder to begin anew", folder_.string(),
                    part(number).filename().string());
            encode(first, end, part(number));
        }
        // The last one goes last: where it is gone, all are.
        if (!there(frame_file(end - 1))) continue;
        for (int i = first; i < end; ++i) take_away(frame_file(i));
    }
}

void VideoParts::join(int frames, const std::optional<Sound>& sound, const std::string& comment) const {
    settle(frames);
    std::vector<fs::path> parts;
    const int full = frames / segment_;
    for (int number = 0; number < full; ++number) parts.push_back(part(number));
    if (frames > full * segment_) {
        parts.push_back(named("last"));
        encode(full * segment_, frames, parts.back());
    }
    join_videos(
        {.parts = parts, .list = folder_ / "list.txt", .sound = sound, .comment = comment, .name = format_.name},
        named("whole"));
    put_in_place(named("whole"), output_);
}

void VideoParts::clear() const {
    std::vector<fs::path> ours;
    std::error_code failed;
    for (fs::directory_iterator entry(folder_, failed), end; !failed && entry != end; entry.increment(failed)) {
        const std::string name = entry->path().filename().string();
        for (const char* start : {"part-", "frame-", "last.", "whole.", "unfinished.", "trial", "list.txt"})
            if (name.starts_with(start)) ours.push_back(entry->path());
    }
    require(!failed, "{}: cannot be read ({})", folder_.string(), failed.message());
    for (const fs::path& file : ours) take_away(file);
    remove_unfinished(folder_);
}

}  // namespace gradus
