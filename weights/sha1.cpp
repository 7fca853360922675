#include "weights/sha1.h"

#include <fmt/format.h>

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>

namespace gradus {
namespace {

using State = std::array<std::uint32_t, 5>;

// The names of FIPS 180-4: w is the message schedule, a..e the working variables.
void compress(State& state, const std::byte* block) {
    std::array<std::uint32_t, 80> w;
    for (std::size_t t = 0; t < 16; ++t) {
        w[t] = 0;
        for (std::size_t i = 0; i < 4; ++i) w[t] = w[t] << 8 | static_cast<std::uint32_t>(block[4 * t + i]);
    }
    for (std::size_t t = 16; t < 80; ++t) w[t] = std::rotl(w[t - 3] ^ w[t - 8] ^ w[t - 14] ^ w[t - 16], 1);
    auto [a, b, c, d, e] = state;
    for (std::size_t t = 0; t < 80; ++t) {
        const std::uint32_t f = t < 20   ? (b & c) ^ (~b & d)
                                : t < 40 ? b ^ c ^ d
                                : t < 60 ? (b & c) ^ (b & d) ^ (c & d)
                                         : b ^ c ^ d;
        constexpr std::uint32_t constants[] = {0x5a827999, 0x6ed9eba1, 0x8f1bbcdc, 0xca62c1d6};
        const std::uint32_t next = std::rotl(a, 5) + f + e + constants[t / 20] + w[t];
        e = d, d = c, c = std::rotl(b, 30), b = a, a = next;
    }
    const State worked{a, b, c, d, e};
    for (std::size_t i = 0; i < 5; ++i) state[i] += worked[i];
}

}  // namespace

std::string sha1(std::span<const std::byte> bytes) {
    State state{0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0};
    const std::size_t whole = bytes.size() / 64, left = bytes.size() % 64;
    for (std::size_t i = 0; i < whole; ++i) compress(state, bytes.data() + 64 * i);

    // What is left, a one bit, zeros, and the length in bits: one or two blocks.
    std::array<std::byte, 128> end{};
    if (left > 0) std::memcpy(end.data(), bytes.data() + 64 * whole, left);
    end[left] = std::byte{0x80};
    const std::size_t size = left < 56 ? 64 : 128;
    const std::uint64_t bits = std::uint64_t{bytes.size()} * 8;
    for (std::size_t i = 0; i < 8; ++i) end[size - 1 - i] = static_cast<std::byte>(bits >> (8 * i));
    for (std::size_t at = 0; at < size; at += 64) compress(state, end.data() + at);

    std::string text;
    for (const std::uint32_t word : state) text += fmt::format("{:08x}", word);
    return text;
}

}  // namespace gradus
