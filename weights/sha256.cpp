#include "weights/sha256.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <iterator>

#if defined(__x86_64__)
#include <cpuid.h>
#include <immintrin.h>
#endif

namespace gradus {
namespace {

using State = std::array<std::uint32_t, 8>;
using Compress = void(State&, const std::byte* blocks, std::size_t count);

alignas(16) constexpr std::array<std::uint32_t, 64> round_constants{
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

// The names of FIPS 180-4: w is the message schedule, a..h the working variables.
void compress_plain(State& state, const std::byte* blocks, std::size_t count) {
    for (; count > 0; --count, blocks += 64) {
        std::array<std::uint32_t, 64> w;
        for (std::size_t t = 0; t < 16; ++t) {
            w[t] = 0;
            for (std::size_t i = 0; i < 4; ++i) w[t] = w[t] << 8 | static_cast<std::uint32_t>(blocks[4 * t + i]);
        }
        for (std::size_t t = 16; t < 64; ++t) {
            const auto s0 = std::rotr(w[t - 15], 7) ^ std::rotr(w[t - 15], 18) ^ w[t - 15] >> 3;
            const auto s1 = std::rotr(w[t - 2], 17) ^ std::rotr(w[t - 2], 19) ^ w[t - 2] >> 10;
            w[t] = w[t - 16] + s0 + w[t - 7] + s1;
        }
        auto [a, b, c, d, e, f, g, h] = state;
        for (std::size_t t = 0; t < 64; ++t) {
            const auto s1 = std::rotr(e, 6) ^ std::rotr(e, 11) ^ std::rotr(e, 25);
            const auto t1 = h + s1 + ((e & f) ^ (~e & g)) + round_constants[t] + w[t];
            const auto s0 = std::rotr(a, 2) ^ std::rotr(a, 13) ^ std::rotr(a, 22);
            const auto t2 = s0 + ((a & b) ^ (a & c) ^ (b & c));
            h = g, g = f, f = e, e = d + t1, d = c, c = b, b = a, a = t1 + t2;
        }
        const State worked{a, b, c, d, e, f, g, h};
        for (std::size_t i = 0; i < 8; ++i) state[i] += worked[i];
    }
}

#if defined(__x86_64__)
bool has_sha_instructions() {
    unsigned a = 0, b = 0, c = 0, d = 0;
    const bool sse41 = __get_cpuid(1, &a, &b, &c, &d) != 0 && (c & bit_SSE4_1) != 0 && (c & bit_SSSE3) != 0;
    return sse41 && __get_cpuid_count(7, 0, &a, &b, &c, &d) != 0 && (b & bit_SHA) != 0;
}

// Two rounds per instruction. The instructions want the state as the vectors (f e b a) and (h g d c), lowest
// lane first.
__attribute__((target("sha,sse4.1"))) void compress_sha(State& state, const std::byte* blocks, std::size_t count) {
    const auto lanes = [](std::uint32_t l3, std::uint32_t l2, std::uint32_t l1, std::uint32_t l0) {
        return std::array<std::uint32_t, 4>{l0, l1, l2, l3};
    };
    const auto abef_in = lanes(state[0], state[1], state[4], state[5]);
    const auto cdgh_in = lanes(state[2], state[3], state[6], state[7]);
    __m128i abef = _mm_loadu_si128(reinterpret_cast<const __m128i*>(abef_in.data()));
    __m128i cdgh = _mm_loadu_si128(reinterpret_cast<const __m128i*>(cdgh_in.data()));
    const __m128i big_endian = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);

    for (; count > 0; --count, blocks += 64) {
        const __m128i abef_before = abef, cdgh_before = cdgh;
        __m128i w[4];  // a ring of the last 16 schedule words
        for (int t = 0; t < 16; ++t) {
            __m128i& now = w[t % 4];
            if (t < 4) {
                now = _mm_loadu_si128(reinterpret_cast<const __m128i*>(blocks) + t);
                now = _mm_shuffle_epi8(now, big_endian);
            } else {
                const __m128i last = w[(t + 3) % 4];
                const __m128i seven_ago = _mm_alignr_epi8(last, w[(t + 2) % 4], 4);
                now = _mm_add_epi32(_mm_sha256msg1_epu32(now, w[(t + 1) % 4]), seven_ago);
                now = _mm_sha256msg2_epu32(now, last);
            }
            const auto* k = reinterpret_cast<const __m128i*>(round_constants.data()) + t;
            const __m128i wk = _mm_add_epi32(now, _mm_load_si128(k));
            cdgh = _mm_sha256rnds2_epu32(cdgh, abef, wk);
            abef = _mm_sha256rnds2_epu32(abef, cdgh, _mm_shuffle_epi32(wk, 0x0e));
        }
        abef = _mm_add_epi32(abef, abef_before);
        cdgh = _mm_add_epi32(cdgh, cdgh_before);
    }
    std::array<std::uint32_t, 4> ab, cd;
    _mm_storeu_si128(reinterpret_cast<__m128i*>(ab.data()), abef);
    _mm_storeu_si128(reinterpret_cast<__m128i*>(cd.data()), cdgh);
    state = {ab[3], ab[2], cd[3], cd[2], ab[1], ab[0], cd[1], cd[0]};
}
#endif

std::string digest(std::span<const std::byte> bytes, Compress& compress) {
    State state{0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
    const std::size_t whole = bytes.size() / 64;
    compress(state, bytes.data(), whole);

    // The padding: a one bit, zeros, and the length in bits in the last eight bytes.
    std::array<std::byte, 128> tail{};
    const auto rest = bytes.subspan(whole * 64);
    std::copy(rest.begin(), rest.end(), tail.begin());
    tail[rest.size()] = std::byte{0x80};
    const std::size_t blocks = rest.size() < 56 ? 1 : 2;
    const std::uint64_t bits = static_cast<std::uint64_t>(bytes.size()) * 8;
    for (std::size_t i = 0; i < 8; ++i) tail[blocks * 64 - 1 - i] = static_cast<std::byte>(bits >> (8 * i));
    compress(state, tail.data(), blocks);

    std::string hex;
    for (const auto word : state) fmt::format_to(std::back_inserter(hex), "{:08x}", word);
    return hex;
}

}  // namespace

std::string sha256(std::span<const std::byte> bytes) {
#if defined(__x86_64__)
    static const bool fast = has_sha_instructions();
    if (fast) return digest(bytes, compress_sha);
#endif
    return digest(bytes, compress_plain);
}

std::string detail::sha256_plain(std::span<const std::byte> bytes) { return digest(bytes, compress_plain); }

}  // namespace gradus
