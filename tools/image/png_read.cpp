#include <zlib.h>

#include <algorithm>
#include <string_view>

#include "engine/require.h"
#include "tools/image/big_endian.h"
#include "tools/image/format.h"
#include "tools/image/icc.h"
#include "tools/image/png.h"

namespace gradus {
namespace {

struct Chunk {
    std::string_view type;
    std::span<const std::byte> data;
    bool intact;  // the checksum is right
};

/// Goes from chunk to chunk; next() gives nothing where there is no whole chunk.
class Chunks {
public:
    explicit Chunks(std::span<const std::byte> file) : rest_(file.subspan(std::min<std::size_t>(file.size(), 8))) {}

    std::optional<Chunk> next() {
        if (rest_.size() < 12) return std::nullopt;
        const std::size_t size = big_endian(rest_, 4);
        if (size > rest_.size() - 12) return std::nullopt;
        const auto checked = rest_.subspan(4, size + 4);
        const auto crc = crc32_z(0, reinterpret_cast<const Bytef*>(checked.data()), checked.size());
        const Chunk chunk{{reinterpret_cast<const char*>(checked.data()), 4},
                          checked.subspan(4),
                          crc == big_endian(rest_.subspan(8 + size), 4)};
        rest_ = rest_.subspan(12 + size);
        return chunk;
    }

private:
    std::span<const std::byte> rest_;
};

std::string_view text_of(std::span<const std::byte> data) {
    return {reinterpret_cast<const char*>(data.data()), data.size()};
}

/// Takes what comes before the next zero byte, and the zero; nothing where there is none.
std::optional<std::string_view> take_word(std::string_view& text) {
    const auto end = text.find('\0');
    if (end == std::string_view::npos) return std::nullopt;
    const auto word = text.substr(0, end);
    text.remove_prefix(end + 1);
    return word;
}

/// What a zlib stream holds; nothing where it is damaged, or holds more than `most` bytes.
std::vector<std::byte> inflated(std::string_view text, std::size_t most) {
    z_stream stream = {};
    if (inflateInit(&stream) != Z_OK) return {};
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    stream.avail_in = static_cast<uInt>(text.size());
    std::vector<std::byte> bytes;
    int result = Z_OK;
    while (result == Z_OK && bytes.size() <= most) {
        constexpr std::size_t piece = 1 << 14;
        bytes.resize(bytes.size() + piece);
        stream.next_out = reinterpret_cast<Bytef*>(bytes.data() + bytes.size() - piece);
        stream.avail_out = piece;
        result = inflate(&stream, Z_NO_FLUSH);
        bytes.resize(bytes.size() - stream.avail_out);
    }
    inflateEnd(&stream);
    if (result != Z_STREAM_END || bytes.size() > most) bytes.clear();
    return bytes;
}

}  // namespace

void check_png(std::span<const std::byte> bytes, const std::string& name) {
    Chunks chunks(bytes);
    const auto header = chunks.next();
    require(header && header->type == "IHDR" && header->data.size() == 13 && header->intact,
            "{}: found a damaged header, expected an intact PNG", name);
    check_size(big_endian(header->data, 4), big_endian(header->data.subspan(4), 4), bytes.size(), name);
    while (const auto chunk = chunks.next()) {
        const bool needed = chunk->type[0] >= 'A' && chunk->type[0] <= 'Z';
        require(chunk->intact || !needed, "{}: found damaged data (a wrong checksum), expected an intact PNG", name);
        if (chunk->type == "IEND") return;
    }
    throw Error(
        fmt::format("{}: ends after {} bytes, in the middle of the picture, expected all of it", name, bytes.size()));
}

Recipe png_texts(std::span<const std::byte> bytes) {
    Recipe texts;
    Chunks chunks(bytes);
    while (const auto chunk = chunks.next()) {
        if (!chunk->intact || (chunk->type != "tEXt" && chunk->type != "iTXt")) continue;
        auto text = text_of(chunk->data);
        const auto key = take_word(text);
        if (!key) continue;
        if (chunk->type == "iTXt") {  // compressed?, method, language, translated key
            if (text.size() < 2 || text[0] != 0) continue;
            text.remove_prefix(2);
            if (!take_word(text) || !take_word(text)) continue;
        }
        texts.emplace_back(*key, text);
    }
    return texts;
}

Tags png_tags(std::span<const std::byte> bytes) {
    Tags tags;
    Chunks chunks(bytes);
    while (const auto chunk = chunks.next()) {
        if (!chunk->intact) continue;
        if (chunk->type == "eXIf" && tags.exif.empty()) tags.exif.assign(chunk->data.begin(), chunk->data.end());
        if (chunk->type != "iCCP" || !tags.icc.empty()) continue;
        auto text = text_of(chunk->data);  // name, method 0, a zlib stream
        if (take_word(text) && text.size() > 1 && text[0] == 0) tags.icc = inflated(text.substr(1), most_icc);
    }
    return tags;
}

}  // namespace gradus
