#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace gradus::test {

// A PNG of any kind, written apart from the code under test: nothing compressed, every field as the test gives it.

inline std::string big_endian(std::uint32_t value) {
    std::string out;
    for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>(value >> shift);
    return out;
}

inline std::string png_chunk(std::string_view type, std::string_view data) {
    const std::string checked = std::string(type) + std::string(data);
    std::uint32_t crc = 0xffffffffu;
    for (const char c : checked) {
        crc ^= static_cast<unsigned char>(c);
        for (int bit = 0; bit < 8; ++bit) crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0);
    }
    return big_endian(static_cast<std::uint32_t>(data.size())) + checked + big_endian(~crc);
}

/// `rows`: the bytes of all rows, each beginning with its filter. `before_data`: chunks between the header and the
/// data.
inline std::string png_of(std::uint32_t width, std::uint32_t height, int bits, int color_type, const std::string& rows,
                          const std::string& before_data = "") {
    const std::string header = big_endian(width) + big_endian(height) + static_cast<char>(bits) +
                               static_cast<char>(color_type) + std::string(3, '\0');
    std::uint32_t a = 1, b = 0;  // Adler-32
    for (const char c : rows) {
        a = (a + static_cast<unsigned char>(c)) % 65521;
        b = (b + a) % 65521;
    }
    const auto n = static_cast<std::uint16_t>(rows.size());
    const auto little = [](unsigned v) { return std::string{static_cast<char>(v), static_cast<char>(v >> 8)}; };
    const std::string stored = "\x78\x01\x01" + little(n) + little(~unsigned{n}) + rows + big_endian(b << 16 | a);
    return "\x89PNG\r\n\x1a\n" + png_chunk("IHDR", header) + before_data + png_chunk("IDAT", stored) +
           png_chunk("IEND", "");
}

}  // namespace gradus::test
