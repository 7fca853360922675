#pragma once
#include <bit>
#include <cstdint>

#include "kernels/inline.h"

namespace gradus {

/// A 16-bit float with the exponent of f32: storage only, arithmetic happens in f32. Rounds to nearest even; NaN stays
/// NaN.
struct bf16 {
    std::uint16_t bits = 0;

    bf16() = default;
    GRADUS_INLINE explicit bf16(float value) {
        const auto u = std::bit_cast<std::uint32_t>(value);
        const bool nan = (u & 0x7fffffffu) > 0x7f800000u;
        bits = static_cast<std::uint16_t>(nan ? (u >> 16) | 0x40u : (u + 0x7fffu + ((u >> 16) & 1u)) >> 16);
    }
    GRADUS_INLINE operator float() const { return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16); }
};

}  // namespace gradus
