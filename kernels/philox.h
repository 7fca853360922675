#pragma once
#include <cstdint>

#include "kernels/inline.h"

namespace gradus::kernels {

/// Four words of 32 bits: a counter going in, random bits coming out.
struct Philox {
    std::uint32_t word[4];
};

/// Philox4x32-10: random bits as a function of a counter and a key, without state. Equal inputs give equal bits on
/// every machine, in any order, on any number of threads; inputs that differ in one bit give unrelated ones.
///
/// paper     Salmon, Moraes, Dror & Shaw 2011, Parallel random numbers: as easy as 1, 2, 3
GRADUS_INLINE Philox philox(Philox counter, std::uint64_t key) {
    std::uint32_t a = counter.word[0], b = counter.word[1], c = counter.word[2], d = counter.word[3];
    auto low = static_cast<std::uint32_t>(key), high = static_cast<std::uint32_t>(key >> 32);
    for (int round = 0; round < 10; ++round) {
        const std::uint64_t left = std::uint64_t{0xD2511F53u} * a, right = std::uint64_t{0xCD9E8D57u} * c;
        a = static_cast<std::uint32_t>(right >> 32) ^ b ^ low;
        b = static_cast<std::uint32_t>(right);
        c = static_cast<std::uint32_t>(left >> 32) ^ d ^ high;
        d = static_cast<std::uint32_t>(left);
        low += 0x9E3779B9u;   // the golden ratio
        high += 0xBB67AE85u;  // sqrt(3) - 1
    }
    return {{a, b, c, d}};
}

}  // namespace gradus::kernels
