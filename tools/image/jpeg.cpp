#include "tools/image/jpeg.h"

#include <algorithm>
#include <map>
#include <string_view>

#include "engine/in_quotes.h"
#include "engine/require.h"
#include "tools/image/big_endian.h"
#include "tools/image/exif.h"
#include "tools/image/icc.h"

namespace gradus {
namespace {

using Bytes = std::span<const std::byte>;

struct Segment {
    int marker;
    Bytes data;
};

constexpr int start_of_scan = 0xda, app1 = 0xe1, app2 = 0xe2, comment = 0xfe;
constexpr std::string_view icc_mark("ICC_PROFILE\0", 12);
constexpr std::size_t most_in_segment = 65533;

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

std::string_view text_of(Bytes data) { return {reinterpret_cast<const char*>(data.data()), data.size()}; }

}  // namespace

Tags jpeg_tags(Bytes bytes) {
    Tags tags;
    std::map<int, Bytes> pieces;  // of the profile, by their numbers, from 1
    std::size_t wanted = 0, size = 0;
    for (const auto& segment : segments_of(bytes)) {
        const std::string_view text = text_of(segment.data);
        if (segment.marker == app1 && text.starts_with(exif_mark) && tags.exif.empty())
            tags.exif.assign(segment.data.begin() + exif_mark.size(), segment.data.end());
        if (segment.marker != app2 || !text.starts_with(icc_mark) || text.size() < icc_mark.size() + 2) continue;
        wanted = static_cast<std::size_t>(segment.data[icc_mark.size() + 1]);
        const Bytes piece = segment.data.subspan(icc_mark.size() + 2);
        if (pieces.emplace(static_cast<int>(segment.data[icc_mark.size()]), piece).second) size += piece.size();
    }
    const bool whole = !pieces.empty() && pieces.size() == wanted && pieces.begin()->first == 1 &&
                       static_cast<std::size_t>(pieces.rbegin()->first) == wanted;
    if (!whole || size > most_icc) return tags;
    for (const auto& [number, piece] : pieces) tags.icc.insert(tags.icc.end(), piece.begin(), piece.end());
    return tags;
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

void insert_segments(std::vector<std::byte>& jpeg, const Tags& tags, const Recipe& texts) {
    std::vector<std::byte> segments;
    const auto add = [&](int marker, const std::string& start, Bytes data) {
        append_big_endian(segments, static_cast<std::size_t>(0xff00 | marker), 2);
        append_big_endian(segments, start.size() + data.size() + 2, 2);
        for (const char c : start) segments.push_back(static_cast<std::byte>(c));
        segments.insert(segments.end(), data.begin(), data.end());
    };
    if (!tags.exif.empty() && tags.exif.size() <= most_in_segment - exif_mark.size())
        add(app1, std::string(exif_mark), tags.exif);
    constexpr std::size_t most = most_in_segment - icc_mark.size() - 2;
    const std::size_t pieces = (tags.icc.size() + most - 1) / most;
    for (std::size_t i = 0; i < pieces && pieces <= 255; ++i)
        add(app2, std::string(icc_mark) + static_cast<char>(i + 1) + static_cast<char>(pieces),
            Bytes(tags.icc).subspan(i * most, std::min(most, tags.icc.size() - i * most)));
    for (const auto& [key, value] : texts) {
        const std::string text = key + ": " + value;
        require(text.size() <= most_in_segment, "recipe: found {} bytes in {}, expected at most {} in a JPEG",
                text.size(), in_quotes(key), most_in_segment);
        add(comment, text, {});
    }
    const auto first_segment_end = 4 + static_cast<std::ptrdiff_t>(big_endian(Bytes(jpeg).subspan(4), 2));
    jpeg.insert(jpeg.begin() + first_segment_end, segments.begin(), segments.end());
}

}  // namespace gradus
