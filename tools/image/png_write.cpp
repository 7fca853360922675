#include <zlib.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <string_view>

#include "engine/in_quotes.h"
#include "engine/require.h"
#include "tools/image/big_endian.h"
#include "tools/image/png.h"

namespace gradus {
namespace {

using Row = std::vector<std::uint8_t>;  // the number of its filter, then the filtered bytes

std::uint8_t paeth(int left, int up, int up_left) {
    const int to_left = std::abs(up - up_left), to_up = std::abs(left - up_left),
              to_both = std::abs(left + up - 2 * up_left);
    if (to_left <= to_up && to_left <= to_both) return static_cast<std::uint8_t>(left);
    return static_cast<std::uint8_t>(to_up <= to_both ? up : up_left);
}

/// The five filters of a row: itself, and its differences from left, up, their mean, and Paeth's choice among three
/// neighbors.
void filter(std::span<const std::uint8_t> row, std::span<const std::uint8_t> above, std::size_t channels,
            std::array<Row, 5>& out) {
    for (std::size_t i = 0; i < row.size(); ++i) {
        const int left = i < channels ? 0 : row[i - channels], up = above[i],
                  up_left = i < channels ? 0 : above[i - channels];
        const int guess[] = {0, left, up, (left + up) / 2, paeth(left, up, up_left)};
        for (std::size_t f = 0; f < 5; ++f) out[f][i + 1] = static_cast<std::uint8_t>(row[i] - guess[f]);
    }
}

/// Sum of the differences' sizes: the usual guess at how well a row will compress.
std::size_t roughness(const Row& row) {
    std::size_t sum = 0;
    for (std::size_t i = 1; i < row.size(); ++i)
        sum += static_cast<std::size_t>(std::abs(static_cast<std::int8_t>(row[i])));
    return sum;
}

/// Compresses piece by piece.
class Deflate {
public:
    Deflate() {
        require(deflateInit(&stream_, Z_DEFAULT_COMPRESSION) == Z_OK, "png: zlib found no memory, expected some");
    }
    ~Deflate() { deflateEnd(&stream_); }
    Deflate(const Deflate&) = delete;
    Deflate& operator=(const Deflate&) = delete;

    void add(const Row& row, bool last, std::vector<std::byte>& out) {
        stream_.next_in = const_cast<Bytef*>(row.data());
        stream_.avail_in = static_cast<uInt>(row.size());
        do {
            stream_.next_out = reinterpret_cast<Bytef*>(buffer_.data());
            stream_.avail_out = static_cast<uInt>(buffer_.size());
            deflate(&stream_, last ? Z_FINISH : Z_NO_FLUSH);
            out.insert(out.end(), buffer_.begin(), buffer_.end() - static_cast<std::ptrdiff_t>(stream_.avail_out));
        } while (stream_.avail_out == 0);
    }

private:
    z_stream stream_ = {};
    std::vector<std::byte> buffer_ = std::vector<std::byte>(1 << 16);
};

void append_chunk(std::vector<std::byte>& out, std::string_view type, std::span<const std::byte> data) {
    append_big_endian(out, data.size(), 4);
    const auto start = out.size();
    for (const char c : type) out.push_back(static_cast<std::byte>(c));
    out.insert(out.end(), data.begin(), data.end());
    const auto crc = crc32_z(0, reinterpret_cast<const Bytef*>(out.data() + start), out.size() - start);
    append_big_endian(out, crc, 4);
}

void append_text(std::vector<std::byte>& out, const std::string& key, const std::string& value) {
    const auto ascii = [](char c) { return static_cast<unsigned char>(c) < 0x80; };
    const auto printable = [](char c) { return c >= ' ' && c <= '~'; };
    require(!key.empty() && key.size() < 80 && std::ranges::all_of(key, printable),
            "recipe: found the key {}, expected 1 to 79 ASCII characters", in_quotes(key));
    require(value.find('\0') == std::string::npos, "recipe: found a zero byte in {}, expected text", in_quotes(key));
    const bool plain = std::ranges::all_of(value, ascii);
    // iTXt: not compressed, no language, no translated key.
    const std::string data = key + (plain ? std::string(1, '\0') : std::string(5, '\0')) + value;
    append_chunk(out, plain ? "tEXt" : "iTXt", std::as_bytes(std::span(data)));
}

/// Name, method, the profile compressed.
std::vector<std::byte> color_profile(std::span<const std::byte> icc) {
    std::vector<std::byte> data;
    for (const char c : std::string_view("ICC profile\0\0", 13)) data.push_back(static_cast<std::byte>(c));
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(icc.data());
    Deflate().add({bytes, bytes + icc.size()}, true, data);
    return data;
}

}  // namespace

std::vector<std::byte> encode_png(int width, int height, int channels, std::span<const std::uint8_t> pixels,
                                  const Recipe& texts, const Tags& tags) {
    constexpr int color_types[] = {0, 4, 2, 6};  // gray, gray and alpha, RGB, RGBA
    std::vector<std::byte> out, header, data;
    append_big_endian(header, static_cast<std::size_t>(width), 4);
    append_big_endian(header, static_cast<std::size_t>(height), 4);
    for (const int field : {8, color_types[channels - 1], 0, 0, 0}) header.push_back(static_cast<std::byte>(field));

    const auto step = static_cast<std::size_t>(channels), size = static_cast<std::size_t>(width) * step;
    const Row nothing(size);
    std::array<Row, 5> rows;
    for (std::size_t f = 0; f < 5; ++f) rows[f].assign(size + 1, static_cast<std::uint8_t>(f));
    Deflate deflate;
    for (std::size_t y = 0; y < static_cast<std::size_t>(height); ++y) {
        filter(pixels.subspan(y * size, size), y == 0 ? std::span(nothing) : pixels.subspan((y - 1) * size, size), step,
               rows);
        deflate.add(*std::ranges::min_element(rows, {}, roughness), y + 1 == static_cast<std::size_t>(height), data);
    }

    const std::string_view signature("\x89PNG\r\n\x1a\n");
    const auto start = std::as_bytes(std::span(signature));
    out.assign(start.begin(), start.end());
    append_chunk(out, "IHDR", header);
    if (!tags.icc.empty()) append_chunk(out, "iCCP", color_profile(tags.icc));
    if (!tags.exif.empty()) append_chunk(out, "eXIf", tags.exif);
    for (const auto& [key, value] : texts) append_text(out, key, value);
    append_chunk(out, "IDAT", data);
    append_chunk(out, "IEND", {});
    return out;
}

}  // namespace gradus
