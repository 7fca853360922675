#pragma once
#include <cstddef>

#include "kernels/cpu/isa.h"
#include "kernels/cuda/providers.h"
#include "kernels/pixels.h"

namespace gradus::kernels {

/// The sizes of x (N,pixels,C) and key (N,pixels,key_channels), and which pixel decides: the one with so many others
/// below it.
struct DropLowestShape {
    std::int64_t N, pixels, C, key_channels, rank;
};

/// y = x, but 0 in pixels whose key is below that of the deciding pixel of their picture. A pixel's key is the sum of
/// |key| over its channels.
template <class T>
using DropLowest = void(Pixels<const T> x, Pixels<const T> key, Pixels<T> y, const DropLowestShape&, std::byte* scratch,
                        Stream);

/// What the fast kernels need room for: the key of every pixel, and the deciding one of every picture.
GRADUS_INLINE std::size_t drop_lowest_scratch_bytes(const DropLowestShape& s) {
    return static_cast<std::size_t>(s.N * (s.pixels + 1)) * sizeof(std::uint32_t);
}

/// The key of a pixel: infinite where it is NaN, so that it has a place in the order.
template <class T>
GRADUS_INLINE Compute<T> pixel_key(const T* key, std::int64_t channels) {
    Compute<T> sum = 0;
    for (std::int64_t c = 0; c < channels; ++c) {
        const auto v = static_cast<Compute<T>>(key[c]);
        sum += v < 0 ? -v : v;
    }
    constexpr auto infinity = static_cast<Compute<T>>(__builtin_inf());
    return sum < infinity ? sum : infinity;
}

// The deciding key is found digit by digit. Keys are positive floats, whose bits are in their order: a digit is 8 of
// them, and of the keys that begin like the deciding one, a histogram of the next digit tells how it goes on.

/// Whether a key begins with the digits found so far, above `shift`, which is 24, 16, 8, 0; at first
/// all do.
GRADUS_INLINE bool begins_with(std::uint32_t bits, std::uint32_t found, int shift) {
    return shift == 24 || bits >> (shift + 8) == found >> (shift + 8);
}

/// The digit of the key with `rank` others below it, given how many keys have each; leaves in `rank` how many of the
/// same digit are below it.
template <class Count>
GRADUS_INLINE std::uint32_t digit_of(const Count* counts, std::int64_t& rank) {
    std::uint32_t digit = 0;
    while (digit < 255 && rank >= static_cast<std::int64_t>(counts[digit])) rank -= counts[digit++];
    return digit;
}

namespace reference {
template <class T>
void drop_lowest(Pixels<const T> x, Pixels<const T> key, Pixels<T> y, const DropLowestShape&, std::byte* scratch,
                 Stream);
}
namespace cpu {
GRADUS_EACH_ISA(DropLowest<float> drop_lowest; DropLowest<bf16> drop_lowest;)
}
GRADUS_EACH_CUDA(DropLowest<float> drop_lowest; DropLowest<bf16> drop_lowest;)

}  // namespace gradus::kernels
