#include "tools/image/jpeg.h"

#include <algorithm>
#include <string_view>

#include "engine/in_quotes.h"
#include "engine/require.h"
#include "tools/image/big_endian.h"

namespace gradus {
namespace {

using Bytes = std::span<const std::byte>;

struct Segment {
    int marker;
    Bytes data;
};

constexpr int start_of_scan = 0xda, exif = 0xe1, comment = 0xfe;

/// What stands before the first scan, as far as it makes sense: the decoder says whether the file is sound.
std::vector<Segment> segments_of(Bytes bytes) {
    std::vector<Segment> segments;
    std::size_t at = 2;  // after the mark of the start
    while (bytes.size() >= at + 4 && bytes[at] == std::byte{0xff}) {
        const int marker = static_cast<int>(bytes[at + 1]);
        if (marker == 0xff) {  // a fill byte
            ++at;
            continue;
        }
        const std::size_t size = big_endian(bytes.subspan(at + 2), 2);
        if (marker == start_of_scan || size < 2 || size > bytes.size() - at - 2) break;
        segments.push_back({marker, bytes.subspan(at + 4, size - 2)});
        at += 2 + size;
    }
    return segments;
}

/// Numbers of a TIFF structure, in its own byte order. Outside of it, 0.
struct Tiff {
    Bytes bytes;
    bool little;

    std::uint32_t number(std::uint64_t at, std::size_t n) const {
        if (at + n > bytes.size()) return 0;
        std::uint32_t value = 0;
        for (std::size_t i = 0; i < n; ++i) {
            value = value << 8 | static_cast<std::uint32_t>(bytes[at + (little ? n - 1 - i : i)]);
        }
        return value;
    }
};

std::string_view text_of(Bytes data) { return {reinterpret_cast<const char*>(data.data()), data.size()}; }

}  // namespace

int jpeg_orientation(Bytes bytes) {
    constexpr std::string_view mark("Exif\0\0", 6);
    for (const auto& segment : segments_of(bytes)) {
        if (segment.marker != exif || !text_of(segment.data).starts_with(mark)) continue;
        const Bytes structure = segment.data.subspan(mark.size());
        const Tiff tiff{structure, text_of(structure).starts_with("II")};
        if (tiff.number(2, 2) != 42) return 1;
        const std::uint64_t directory = tiff.number(4, 4);
        const auto entries = tiff.number(directory, 2);
        for (std::uint64_t i = 0; i < entries; ++i) {
            const auto entry = directory + 2 + 12 * i;  // tag, type, count, value
            if (tiff.number(entry, 2) != 0x0112 || tiff.number(entry + 2, 2) != 3) continue;
            const auto value = tiff.number(entry + 8, 2);
            return value >= 1 && value <= 8 ? static_cast<int>(value) : 1;
        }
    }
    return 1;
}

Recipe jpeg_comments(Bytes bytes) {
    Recipe texts;
    for (const auto& segment : segments_of(bytes)) {
        if (segment.marker != comment) continue;
        const auto text = text_of(segment.data);
        const auto end = text.find(": ");
        if (end == std::string_view::npos)
            texts.emplace_back("comment", text);
        else
            texts.emplace_back(text.substr(0, end), text.substr(end + 2));
    }
    return texts;
}

void insert_comments(std::vector<std::byte>& jpeg, const Recipe& texts) {
    std::vector<std::byte> comments;
    for (const auto& [key, value] : texts) {
        const std::string text = key + ": " + value;
        require(text.size() <= 65533, "recipe: found {} bytes in {}, expected at most 65533 in a JPEG", text.size(),
                in_quotes(key));
        append_big_endian(comments, 0xff00 | comment, 2);
        append_big_endian(comments, text.size() + 2, 2);
        for (const char c : text) comments.push_back(static_cast<std::byte>(c));
    }
    const auto first_segment_end = 4 + static_cast<std::ptrdiff_t>(big_endian(Bytes(jpeg).subspan(4), 2));
    jpeg.insert(jpeg.begin() + first_segment_end, comments.begin(), comments.end());
}

}  // namespace gradus
