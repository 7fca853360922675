#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace gradus {

/// The number in the first `n` bytes, most significant first, as PNG and JPEG write them. The bytes must be there.
inline std::uint32_t big_endian(std::span<const std::byte> bytes, std::size_t n) {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < n; ++i) value = value << 8 | static_cast<std::uint32_t>(bytes[i]);
    return value;
}

inline void append_big_endian(std::vector<std::byte>& out, std::size_t value, std::size_t n) {
    for (std::size_t i = n; i-- > 0;) out.push_back(static_cast<std::byte>(value >> (8 * i)));
}

}  // namespace gradus
